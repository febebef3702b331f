"""`postroom check`: whether everything that is configured works."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import show, show_json_list
from postroom.cli.running import FAILED, run

if TYPE_CHECKING:
    from postroom.actions.check import Check


def check(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Try every connection and say in words what works and what to do about the rest; exit code 1 if anything fails."""
    found = run(_checks(data_dir))
    if as_json:
        from postroom.actions.check import Check

        show_json_list(Check, found)
    else:
        for one in found:
            show(f"{'ok   ' if one.ok else 'FAILS'} {one.name}: {one.text}")
            if one.hint:
                show(f"      {one.hint}")
    if not all(one.ok for one in found):
        raise typer.Exit(FAILED)


async def _checks(data_dir: Path | None) -> "tuple[Check, ...]":
    from postroom.actions.check import Check
    from postroom.errors import PostroomError

    try:
        settings = settings_of(data_dir)
    except PostroomError as error:
        return (Check(name="settings", ok=False, text=error.message, hint=error.hint),)
    from postroom.cli.check_trials import checks

    return await checks(settings)
