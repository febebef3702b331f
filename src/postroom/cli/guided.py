"""Questions to the person at the terminal: with defaults, passwords hidden, and what to do when a trial fails."""

import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

import typer

from postroom.cli.output import printable, say, waiting
from postroom.errors import PostroomError

QUIT = "quit"
# What a running Postroom does, and what no trial does.
_LATER = re.compile(r"It is tried again[^.;]*[.;]\s*")


class NextStep(StrEnum):
    """What follows a trial: it works or is kept as it is, or it is to be corrected."""

    KEEP = "keep"
    CORRECT = "correct"


def on_terminal() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, default: str = "") -> str:
    """Return what a person typed, `default` for nothing."""
    return str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()


def ask_needed(question: str, default: str = "") -> str:
    """Return what a person typed, asking again until there is something."""
    while True:
        answer = ask(question, default)
        if answer:
            return answer
        say("It cannot be left out.")


def ask_hidden(question: str, *, kept: str = "") -> str:
    """Return a secret that is not shown while it is typed; nothing typed gives `kept`."""
    note = " (Enter keeps the one before)" if kept else ""
    typed = str(typer.prompt(f"{question}{note}", default="", show_default=False, hide_input=True, err=True))
    return typed or kept


def ask_choice(question: str, choices: Sequence[str], default: str) -> str:
    """Return one of `choices`."""
    while True:
        answer = ask(f"{question} ({', '.join(choices)})", default)
        if answer in choices:
            return answer
        say(f"{printable(answer)!r} is none of them.")


def ask_yes(question: str, *, default: bool = True) -> bool:
    """Return whether a person said yes."""
    return typer.confirm(question, default=default, err=True)


@contextmanager
def one_trial() -> Iterator[None]:
    """Keep errors inside from saying that it is tried again: a trial is over when it fails."""
    try:
        yield
    except PostroomError as error:
        hint = _LATER.sub("", error.hint)
        error.hint = hint[:1].upper() + hint[1:]
        raise


async def tried(trial: Callable[[], Awaitable[str]], *, asking: bool) -> NextStep:
    """Try it and return whether to keep it; a failure is explained and, where somebody can be asked, left to him.

    Raises:
        PostroomError: it does not work and nobody can be asked. typer.Exit: the person gave up; nothing is stored.
    """
    try:
        with waiting("Trying it"), one_trial():
            line = await trial()
    except PostroomError as error:
        if not asking:
            raise
        return _what_now(error, (NextStep.CORRECT.value, NextStep.KEEP.value))
    say(f"It works: {printable(line)}")
    return NextStep.KEEP


def correct_or_quit(error: PostroomError) -> None:
    """Say what is wrong with what was typed and return where the person wants to correct it.

    Raises:
        typer.Exit: the person gave up; nothing is stored.
    """
    _what_now(error, (NextStep.CORRECT.value,))


def explained(error: PostroomError) -> None:
    """Say what is wrong and what to do."""
    say(f"That does not work: {error.message}")
    if error.hint:
        say(f"Hint: {error.hint}")


def _what_now(error: PostroomError, ways: tuple[str, ...]) -> NextStep:
    explained(error)
    choice = ask_choice("What now?", (*ways, QUIT), ways[0])
    if choice == QUIT:
        say("Nothing was stored.")
        raise typer.Exit(1)
    return NextStep(choice)
