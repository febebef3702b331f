"""The log of one workflow: page by page in either order, or all of it as lines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.actions.logs import Level, kinds_of
from postroom.actions.workflow_control import execution_of
from postroom.interfaces.codec import encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.interfaces.stores import Stores
from postroom.model.execution import Event, EventFilter, EventKind, ExecutionId
from postroom.model.page import Page
from postroom.model.workflow import WorkflowSlug

PAGE = 500


class LogOrder(StrEnum):
    """Which events come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLog:
    """Which events of a workflow are wanted; None does not narrow. `level` is the least one, times are aware."""

    workflow: WorkflowSlug
    execution_id: ExecutionId | None = None
    node_id: str | None = None
    level: Level = Level.INFO
    kind: EventKind | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filter(self) -> EventFilter | None:
        """What to ask the store for, None where no event can be wanted."""
        kinds = kinds_of(self.level)
        if self.kind is not None:
            if kinds and self.kind not in kinds:
                return None
            kinds = (self.kind,)
        return EventFilter(
            execution_id=self.execution_id,
            # An execution belongs to one workflow (`require_log`), and few events are its own.
            workflow=self.workflow if self.execution_id is None else None,
            node_id=self.node_id,
            kinds=kinds,
            since=self.since,
            until=self.until,
        )


async def require_log(stores: Stores, wanted: WantedLog) -> None:
    """Pass where there is what the log is asked of.

    Raises:
        NotFoundError: there is no such workflow, or it has no such execution.
    """
    if wanted.execution_id is None:
        await stores.workflows.current(wanted.workflow)
    else:
        await execution_of(stores, wanted.workflow, wanted.execution_id)


async def log_page(
    stores: Stores, wanted: WantedLog, *, order: LogOrder, cursor: str | None, limit: int
) -> Page[Event]:
    """Return some wanted events, and the cursor of those behind them.

    Raises:
        InputError: `cursor` is none.
    """
    start = None if cursor is None else read_cursor(cursor, (0,))[0]
    asked = wanted.filter
    if asked is None:
        return Page(rows=())
    if order is LogOrder.NEWEST:
        found = (await stores.executions.latest_events(asked, before=start, limit=limit + 1))[::-1]
    else:
        found = await stores.executions.events(asked, after=start or 0, limit=limit + 1)
    shown = found[:limit]
    return Page(rows=shown, next_cursor=write_cursor(shown[-1].cursor) if len(found) > limit else None)


async def log_lines(stores: Stores, wanted: WantedLog) -> AsyncIterator[str]:
    """Yield the wanted events that are stored now, in order of commit, some JSON lines at a time."""
    asked, after = wanted.filter, 0
    # What is written meanwhile is left out, so that it comes to an end however busy the engine is.
    last = await stores.executions.newest_cursor()
    while asked is not None and after < last:
        events = await stores.executions.events(asked, after=after, limit=PAGE)
        lines = "".join(f"{encode(event)}\n" for event in events if event.cursor <= last)
        if lines:
            yield lines
        if len(events) < PAGE:
            return
        after = events[-1].cursor
