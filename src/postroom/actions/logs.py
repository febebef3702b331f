"""The log of events: its end, or on from there page by page; by execution, node, kind, level and time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.interfaces.stores import Stores
from postroom.model.execution import Event, EventFilter, EventKind, ExecutionId

PAGE = 500


class Level(StrEnum):
    """How much an event matters: anything, what was tried again or worse, what failed."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_WARNINGS = frozenset({EventKind.NODE_RETRYING, EventKind.EXECUTION_PAUSED, EventKind.EXECUTION_CANCELLED})
_ERRORS = frozenset({EventKind.NODE_FAILED, EventKind.EXECUTION_FAILED})
_AT_LEAST = {Level.INFO: frozenset(EventKind), Level.WARNING: _WARNINGS | _ERRORS, Level.ERROR: _ERRORS}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which events to show; None does not narrow. `level` is the least one, `since` is aware."""

    execution_id: ExecutionId | None = None
    node: str | None = None
    kind: EventKind | None = None
    level: Level = Level.INFO
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some matching events, the cursor behind the last one looked at, and whether there may be more at once."""

    events: tuple[Event, ...]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """The last matching events in order of commit, and the cursor to follow from."""

    events: tuple[Event, ...]
    cursor: int


def kinds_of(level: Level) -> tuple[EventKind, ...]:
    """Return the kinds of the events that matter at least so much, none where all do."""
    return () if level is Level.INFO else tuple(sorted(_AT_LEAST[level]))


async def tail(stores: Stores, wanted: LogFilter, *, lines: int) -> LogTail:
    """Return the last `lines` matching events."""
    # Read first: what is committed in between is followed from here.
    newest = await stores.executions.newest_cursor()
    asked = _asked(wanted)
    found = await stores.executions.latest_events(asked, before=newest + 1, limit=lines) if asked else ()
    return LogTail(events=found, cursor=newest)


async def log_page(stores: Stores, wanted: LogFilter, *, after: int, limit: int = PAGE) -> LogPage:
    """Return the next `limit` matching events behind `after`, in order of commit."""
    newest = await stores.executions.newest_cursor()
    asked = _asked(wanted)
    events = await stores.executions.events(asked, after=after, limit=limit) if asked else ()
    if len(events) == limit:
        return LogPage(events=events, cursor=events[-1].cursor, more=True)
    # All up to the newest were looked at: whoever follows need not go by those that do not match again.
    return LogPage(events=events, cursor=max(after, newest, *(event.cursor for event in events)), more=False)


async def log(stores: Stores, wanted: LogFilter, *, after: int) -> AsyncIterator[LogPage]:
    """Yield pages from behind `after` until the present end of the log."""
    while True:
        page = await log_page(stores, wanted, after=after)
        yield page
        after = page.cursor
        if not page.more:
            return


def _asked(wanted: LogFilter) -> EventFilter | None:
    """Return the store's filter, None where no event can match."""
    kinds = kinds_of(wanted.level)
    if wanted.kind is not None:
        if wanted.kind not in _AT_LEAST[wanted.level]:
            return None
        kinds = (wanted.kind,)
    return EventFilter(execution_id=wanted.execution_id, node_id=wanted.node, kinds=kinds, since=wanted.since)
