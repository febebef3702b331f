from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from postroom.cli.guided_flags import AccountFlags, taking


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    sky: Annotated[str, typer.Option("--sky")] = "blue"
    leaves: Annotated[list[str] | None, typer.Option("--leaf")] = None


def test_the_fields_of_a_dataclass_become_options_and_come_back_filled() -> None:
    app = typer.Typer()

    @app.command()
    @taking(colours=Colours)
    def paint(name: str, colours: Colours, *, twice: bool = False) -> None:
        typer.echo(f"{name} {colours.sky} {','.join(colours.leaves or [])} {twice}")

    runner = CliRunner()
    assert runner.invoke(app, ["ann"]).stdout == "ann blue  False\n"
    arguments = ["ann", "--sky", "grey", "--leaf", "red", "--leaf", "brown", "--twice"]
    assert runner.invoke(app, arguments).stdout == "ann grey red,brown True\n"
    assert runner.invoke(app, ["ann", "--sea", "green"]).exit_code == 2


def test_flags_know_whether_anything_was_given() -> None:
    assert not AccountFlags().given
    assert not AccountFlags(no_test=True).given
    assert all(
        flags.given
        for flags in (AccountFlags(kind="imap"), AccountFlags(unset=["a"]), AccountFlags(password_stdin=True))
    )
