"""Options that several commands share, described once as fields of a dataclass."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, get_type_hints

import typer

Command = Callable[..., None]
Words = list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFlags:
    """The options of an account; a list that was not given is None or empty."""

    kind: Annotated[str | None, typer.Option("--kind", help="The kind, as imap or smtp.")] = None
    settings: Annotated[
        Words,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting of the kind, as host=imap.example.org; a list with commas, as to=a@b.example,c@d.example.",
        ),
    ] = None
    unset: Annotated[
        Words,
        typer.Option(
            "--unset",
            metavar="KEY",
            help="Put a setting back to its default, or forget a secret; oauth means all of it.",
        ),
    ] = None
    password_env: Annotated[
        str | None, typer.Option("--password-env", metavar="NAME", help="Read the password from this variable.")
    ] = None
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False
    secret_env: Annotated[
        Words,
        typer.Option("--secret-env", metavar="KEY=NAME", help="Read another secret setting from a variable."),
    ] = None
    no_test: Annotated[bool, typer.Option("--no-test", help="Do not try whether it works.")] = False
    ask: Annotated[
        bool | None,
        typer.Option(
            "--ask/--no-ask", help="Ask for what is needed; without it on a terminal when no option is given."
        ),
    ] = None

    @property
    def given(self) -> bool:
        """Whether any setting was given."""
        texts = (self.kind, self.settings, self.unset, self.password_env, self.secret_env)
        return self.password_stdin or any(texts)


def taking(**groups: type) -> Callable[[Command], Command]:
    """Return a decorator that gives a command the fields of dataclasses as options, and it the filled dataclasses.

    `taking(flags=AccountFlags)` is for a command with a parameter `flags`.
    """

    def decorate(command: Command) -> Command:
        own = [one for one in inspect.signature(command).parameters.values() if one.name not in groups]
        hints = get_type_hints(command, include_extras=True)
        parameters = [one.replace(annotation=hints[one.name], kind=one.KEYWORD_ONLY) for one in own]
        for group in groups.values():
            hints = get_type_hints(group, include_extras=True)
            parameters += [
                inspect.Parameter(
                    one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name]
                )
                for one in fields(group)
            ]

        @wraps(command)
        def filled(**values: object) -> None:
            made = {
                name: group(**{one.name: values.pop(one.name) for one in fields(group)})
                for name, group in groups.items()
            }
            command(**values, **made)

        filled.__annotations__ = {one.name: one.annotation for one in parameters}
        # Typer reads the options of a command from its signature.
        vars(filled)["__signature__"] = inspect.Signature(parameters)
        return filled

    return decorate
