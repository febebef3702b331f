"""The log of events: its end, or on from there page by page; by execution, node, kind, level and time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.interfaces.stores import Stores
from postroom.model.execution import Event, EventKind, ExecutionId

PAGE = 500
WINDOW = 20_000


class Level(StrEnum):
    """How much an event matters: anything, what was tried again or worse, what failed."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_WARNINGS = frozenset({EventKind.NODE_RETRYING, EventKind.EXECUTION_PAUSED, EventKind.EXECUTION_CANCELLED})
_ERRORS = frozenset({EventKind.NODE_FAILED, EventKind.EXECUTION_FAILED})
_ORDER = (Level.INFO, Level.WARNING, Level.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which events to show; None does not narrow. `level` is the least one, `since` is aware."""

    execution_id: ExecutionId | None = None
    node: str | None = None
    kind: EventKind | None = None
    level: Level = Level.INFO
    since: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether events of the chosen execution (or of all) may not be wanted."""
        return (self.node, self.kind, self.since) != (None, None, None) or self.level is not Level.INFO

    def matches(self, event: Event) -> bool:
        """Return whether an event is to be shown."""
        return (
            (self.node is None or event.node_id == self.node)
            and (self.kind is None or event.kind is self.kind)
            and _ORDER.index(level_of(event)) >= _ORDER.index(self.level)
            and (self.since is None or event.at >= self.since)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some matching events, the cursor behind the last one looked at, and whether there may be more at once."""

    events: tuple[Event, ...]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """The last matching events in order of commit, and the cursor to follow from.

    `cut` says that fewer were found than wanted, and that older events were not looked at.
    """

    events: tuple[Event, ...]
    cursor: int
    cut: bool


def level_of(event: Event) -> Level:
    """Return how much an event matters."""
    if event.kind in _ERRORS:
        return Level.ERROR
    return Level.WARNING if event.kind in _WARNINGS else Level.INFO


async def tail(stores: Stores, wanted: LogFilter, *, lines: int, window: int = WINDOW) -> LogTail:
    """Return the last `lines` matching events; where the filter narrows, of the newest `window` ones (or `lines`)."""
    look_at = max(lines, window) if wanted.narrows else lines
    newest = await stores.executions.latest_events(wanted.execution_id, limit=look_at + 1)
    looked_at = newest[-look_at:]
    found = tuple(event for event in looked_at if wanted.matches(event))[-lines:]
    # Older ones cannot match either where the oldest one looked at is too old.
    too_old = wanted.since is not None and bool(looked_at) and looked_at[0].at < wanted.since
    return LogTail(
        events=found,
        cursor=newest[-1].cursor if newest else 0,
        cut=len(newest) > look_at and len(found) < lines and not too_old,
    )


async def log_page(stores: Stores, wanted: LogFilter, *, after: int, limit: int = PAGE) -> LogPage:
    """Return the matching ones of the next `limit` events behind `after`, in order of commit."""
    events = await stores.executions.events(wanted.execution_id, after=after, limit=limit)
    return LogPage(
        events=tuple(event for event in events if wanted.matches(event)),
        cursor=events[-1].cursor if events else after,
        more=len(events) == limit,
    )


async def log(stores: Stores, wanted: LogFilter, *, after: int) -> AsyncIterator[LogPage]:
    """Yield pages from behind `after` until the present end of the log."""
    while True:
        page = await log_page(stores, wanted, after=after)
        yield page
        after = page.cursor
        if not page.more:
            return
