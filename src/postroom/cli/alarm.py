"""`postroom alarm`: what is wrong now."""

from pathlib import Path
from typing import Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, show, show_json_list, show_table
from postroom.cli.running import run

alarm = typer.Typer(help="What is wrong now: look at it, clear it.", no_args_is_help=True)


@alarm.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the open alarms, oldest first."""
    run(_list(data_dir, as_json=as_json))


@alarm.command()
def clear(
    key: Annotated[str, typer.Argument(help="The alarm's key, as `alarm list` shows it.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Close an alarm; it is raised again where it happens again."""
    run(_clear(key, data_dir))


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.alarms import open_alarms
    from postroom.cli.store import opened
    from postroom.model.alarm import Alarm

    async with opened(data_dir) as (_, stores):
        found = await open_alarms(stores)
    if as_json:
        show_json_list(Alarm, found)
        return
    rows = [(one.key, moment(one.raised_at), moment(one.told_at), one.title, one.text) for one in found]
    show_table("", ("key", "since", "people told", "what", "more"), rows)


async def _clear(key: str, data_dir: Path | None) -> None:
    from postroom.actions.alarms import clear_alarm
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        await clear_alarm(desk, key)
    show(f"The alarm {key} is cleared.")
