from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from postroom.cli.guided import NextStep, ask_choice, ask_hidden, ask_needed, ask_yes, one_trial, tried
from postroom.errors import PluginError, TransientError


def typed(text: str, question: Callable[[], object]) -> tuple[object, str]:
    """Return the answer to a question, and what was shown."""
    app = typer.Typer()
    found: list[object] = []

    @app.command()
    def ask() -> None:
        found.append(question())

    result = CliRunner().invoke(app, [], input=text)
    assert result.exit_code == 0, result.output
    return found[0], result.output


def test_what_is_needed_is_asked_for_until_it_is_there() -> None:
    assert typed("\n\nann\n", lambda: ask_needed("Who"))[0] == "ann"
    assert typed("\n", lambda: ask_needed("Who", "bob"))[0] == "bob"


def test_a_choice_is_asked_for_until_it_is_one() -> None:
    answer, shown = typed("c\x1b[2J\nb\n", lambda: ask_choice("Which", ("a", "b"), "a"))
    assert answer == "b"
    assert "none of them" in shown


def test_a_secret_is_not_shown() -> None:
    answer, shown = typed("hush\n", lambda: ask_hidden("Password"))
    assert answer == "hush"
    assert "hush" not in shown
    assert typed("\n", lambda: ask_hidden("Password", kept="before"))[0] == "before"


def test_yes_and_no_have_a_default() -> None:
    assert typed("\n", lambda: ask_yes("Sure?", default=False))[0] is False
    assert typed("y\n", lambda: ask_yes("Sure?", default=False))[0] is True


async def test_what_works_is_kept_and_what_fails_is_raised_where_nobody_can_be_asked() -> None:
    async def works() -> str:
        return "3 messages"

    async def fails() -> str:
        raise PluginError("The loft is empty.", hint="Feed the pigeons.")

    assert await tried(works, asking=False) is NextStep.KEEP
    with pytest.raises(PluginError):
        await tried(fails, asking=False)


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("It is tried again by itself. If it lasts, look there.", "If it lasts, look there."),
        ("Nobody listens. It is tried again by itself. If it lasts, look.", "Nobody listens. If it lasts, look."),
        ("It is tried again; check the network.", "Check the network."),
        ("It is tried again.", ""),
        ("Feed the pigeons.", "Feed the pigeons."),
    ],
)  # fmt: skip
def test_a_trial_does_not_say_that_it_is_tried_again(hint: str, told: str) -> None:
    with pytest.raises(TransientError) as caught, one_trial():
        raise TransientError("The loft is closed.", hint=hint)
    assert caught.value.hint == told
