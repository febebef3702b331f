"""`postroom logs`: the events of executions."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import printable, short_id, show, show_json, show_json_list
from postroom.cli.running import run, stop_signals

if TYPE_CHECKING:
    from postroom.actions.logs import LogFilter
    from postroom.interfaces.stores import Stores
    from postroom.model.execution import Event

FOLLOW_SECONDS = 0.5
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedEvents:
    """Which events are wanted, as typed."""

    execution: str | None
    node: str | None
    kind: str | None
    level: str
    since: datetime | None


def logs(  # noqa: PLR0913 - the options of the command.
    execution: Annotated[str | None, typer.Option(help="Of one execution (enough of its id's beginning).")] = None,
    node: Annotated[str | None, typer.Option(help="Of one node.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of one kind, as node_failed.")] = None,
    level: Annotated[str, typer.Option(help="At least: info, warning (tried again, stopped) or error.")] = "info",
    since: Annotated[str | None, typer.Option(help="ISO 8601, or an age: 90s, 15m, 2h, 1d.")] = None,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="The last so many.")] = 200,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until Ctrl-C.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show what happened, oldest first. With --follow, --json prints one object a line."""
    wanted = WantedEvents(execution=execution, node=node, kind=kind, level=level, since=_since(since))
    run(_logs(data_dir, wanted, lines=lines, follow=follow, as_json=as_json))


async def _logs(data_dir: Path | None, wanted: WantedEvents, *, lines: int, follow: bool, as_json: bool) -> None:
    from postroom.actions.logs import log, tail
    from postroom.cli.store import opened
    from postroom.model.execution import Event

    async with opened(data_dir) as (_, stores):
        chosen = await _filter(stores, wanted)
        last = await tail(stores, chosen, lines=lines)
        cursor = last.cursor
        if as_json and not follow:
            show_json_list(Event, last.events)
            return
        tell = show_json if as_json else _tell
        for event in last.events:
            tell(event)
        if follow:
            with stop_signals() as stop:
                while not stop.is_set():
                    async for page in log(stores, chosen, after=cursor):
                        for event in page.events:
                            tell(event)
                        cursor = page.cursor
                    await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(FOLLOW_SECONDS):
            await stop.wait()
    except TimeoutError:
        return


async def _filter(stores: "Stores", wanted: WantedEvents) -> "LogFilter":
    from postroom.actions.find import find_execution
    from postroom.actions.logs import Level, LogFilter
    from postroom.errors import InputError
    from postroom.model.execution import EventKind

    if wanted.kind is not None and wanted.kind not in set(EventKind):
        raise InputError(f"There is no kind {wanted.kind!r}.", hint=f"Kinds are: {', '.join(EventKind)}.")
    if wanted.level not in set(Level):
        raise InputError(f"There is no level {wanted.level!r}.", hint=f"Levels are: {', '.join(Level)}.")
    return LogFilter(
        execution_id=await find_execution(stores, wanted.execution) if wanted.execution else None,
        node=wanted.node,
        kind=EventKind(wanted.kind) if wanted.kind else None,
        level=Level(wanted.level),
        since=wanted.since,
    )


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        if text[:-1].isdecimal() and text[-1:] in UNITS:
            return datetime.now(UTC) - timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is neither a time nor an age.", param_hint="--since") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tell(event: "Event") -> None:
    failure = f" {event.failure.code}: {event.failure.message}" if event.failure else ""
    output = f" → {event.output}" if event.output else ""
    note = f" ({event.note})" if event.note else ""
    where = f" {event.node_id}" if event.node_id else ""
    at = f"{event.at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    show(printable(f"{at} {short_id(event.execution_id)}{where} {event.kind.value}{output}{note}{failure}"))
