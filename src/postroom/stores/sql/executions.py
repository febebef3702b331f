"""Executions and their events in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge

from sqlalchemy import Connection, and_, bindparam, func, literal, or_, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.execution import (
    EVERY_EVENT,
    EVERY_EXECUTION,
    Event,
    EventFilter,
    EventKind,
    Execution,
    ExecutionFilter,
    ExecutionId,
    ExecutionStatus,
    Pace,
)
from postroom.model.page import Page
from postroom.model.workflow import WorkflowSlug
from postroom.stores.sql.database import Database
from postroom.stores.sql.filters import (
    BOUNDS,
    Statement,
    events_after,
    events_before,
    executions_before,
    newest_first,
    times_of,
    walked,
)
from postroom.stores.sql.paging import AFTER_ALL, BEFORE_ALL, make_page
from postroom.stores.sql.rows import (
    EventColumns,
    Found,
    Values,
    event_of,
    event_row,
    execution_of,
    execution_row,
    millis_from,
)
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.executions import PACE, events, executions
from postroom.stores.sql.tables.workflows import paused_workflows

NEAR = 5_000
"""So many events are looked at one by one before the index of times is asked where those of a time lie."""

# One comparison each: a list would be written into the statement anew at every call.
_NOT_SETTLED = [executions.c.status != literal(status.value) for status in ExecutionStatus if status.settled]

ADD = insert_once(executions, "id")
ONE = select(executions).where(executions.c.id == bindparam("id"))
COUNT = select(executions.c.status, func.count()).group_by(executions.c.status)
COUNT_WORKFLOW = COUNT.where(executions.c.workflow == bindparam("workflow"))
QUEUED = (
    select(executions)
    .where(
        executions.c.status == literal(ExecutionStatus.QUEUED.value),
        executions.c.workflow.not_in(select(paused_workflows.c.slug)),
    )
    .order_by(executions.c.position)
    .limit(bindparam("limit"))
)
SETTLE = (
    update(executions)
    .where(
        executions.c.id == bindparam("key"),
        or_(
            executions.c.run < bindparam("new_run"),
            and_(executions.c.run == bindparam("new_run"), *_NOT_SETTLED),
        ),
    )
    .values(
        status=bindparam("status"),
        run=bindparam("run"),
        final_state=bindparam("final_state"),
        progress_json=bindparam("progress_json"),
        updated_at=bindparam("updated_at"),
    )
)
REQUEUE = (
    update(executions)
    .where(
        executions.c.id == bindparam("key"),
        executions.c.run == bindparam("expected"),
        executions.c.status == bindparam("before"),
    )
    .values(status=literal(ExecutionStatus.QUEUED.value), run=bindparam("run"))
)
RECORD = insert_once(events, "execution_id", "node_id", "attempt", "kind")
COMING = events_after(EVERY_EVENT)[0]
NEWEST_CURSOR = select(func.max(events.c.cursor))
_STARTED = literal(EventKind.EXECUTION_STARTED.value)
PACE_OF = (
    select(events.c.kind == _STARTED, func.count())
    # Word for word the condition of the index; the start of a later run begins nothing.
    .where(PACE, events.c.workflow == bindparam("workflow"), events.c.at >= bindparam("since"))
    .where(or_(events.c.kind != _STARTED, events.c.attempt == literal(1)))
    .group_by(events.c.kind == _STARTED)
)

_Rows = Sequence[Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """The cursors between two others, which do not belong to it."""

    after: int
    before: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A statement for events, the values of its filter, and how many are wanted."""

    statement: Statement
    chosen: Values
    limit: int

    def __call__(self, connection: Connection, stretch: _Stretch) -> _Rows:
        """Return what it finds in a stretch."""
        between = {"after": stretch.after, "before": stretch.before}
        return connection.execute(self.statement, self.chosen | between | {"limit": self.limit}).all()


class SqlExecutions:
    """The `Executions` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, execution: Execution) -> bool:
        """Store a new execution; False where its id is taken."""
        row = execution_row(execution)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def get(self, execution_id: ExecutionId) -> Execution:
        """Return one execution; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": execution_id}).first())
        if row is None:
            raise NotFoundError(
                f"There is no execution {execution_id!r}.", hint="The list of executions shows their ids."
            )
        return execution_of(row)

    async def list(
        self, wanted: ExecutionFilter = EVERY_EXECUTION, *, after: str | None = None, limit: int = 50
    ) -> Page[Execution]:
        """Return executions without their progress, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        walks = [executions_before(one) for one in walked(wanted)]

        # The index of workflows goes by status, so there is a walk for each: a single one would sort them all.
        def query(connection: Connection) -> Sequence[Found]:
            found = (
                connection.execute(statement, values | {"position": position, "limit": limit + 1}).all()
                for statement, values in walks
            )
            return tuple(merge(*found, key=newest_first))[: limit + 1]

        rows = await self._database.read(query)
        return make_page(rows, limit, execution_of, lambda row: write_cursor(row.position))

    async def count(self, workflow: WorkflowSlug | None = None) -> dict[ExecutionStatus, int]:
        """Return how many executions, of one workflow or of all, there are in each status."""
        statement = COUNT if workflow is None else COUNT_WORKFLOW
        chosen = {} if workflow is None else {"workflow": workflow}
        rows = await self._database.read(lambda connection: connection.execute(statement, chosen).all())
        return {ExecutionStatus(status): number for status, number in rows}

    async def queued(self, *, limit: int) -> tuple[Execution, ...]:
        """Return queued executions of workflows that are not paused, oldest first."""
        rows = await self._database.read(lambda connection: connection.execute(QUEUED, {"limit": limit}).all())
        return tuple(execution_of(row) for row in rows)

    async def settle(self, execution: Execution, events: Sequence[Event]) -> bool:
        """Write where an execution stands together with `events`; False where the stored one is ahead."""
        row = execution_row(execution)
        changed = {name: row[name] for name in ("status", "run", "final_state", "progress_json", "updated_at")}
        changed |= {"key": execution.id, "new_run": execution.run}
        event_rows = [event_row(event) for event in events]

        def operation(connection: Connection) -> bool:
            if connection.execute(SETTLE, changed).rowcount == 0:
                return False
            if event_rows:
                connection.execute(RECORD, event_rows)
            return True

        return await self._database.write(operation)

    async def requeue(self, execution_id: ExecutionId, *, run: int, status: ExecutionStatus) -> bool:
        """Compare-and-set: from `status` in `run - 1` to queued in `run`; False where it is not so."""
        values = {"key": execution_id, "run": run, "expected": run - 1, "before": status.value}
        return await self._database.write(lambda connection: connection.execute(REQUEUE, values).rowcount == 1)

    async def record(self, events: Sequence[Event]) -> None:
        """Append those of `events` that are not stored yet."""
        rows = [event_row(event) for event in events]
        if not rows:
            return

        def operation(connection: Connection) -> None:
            connection.execute(RECORD, rows)

        await self._database.write(operation)

    async def events(self, wanted: EventFilter = EVERY_EVENT, *, after: int = 0, limit: int = 500) -> tuple[Event, ...]:
        """Return events with a cursor above `after`, in order of commit."""
        asked = _Asked(*events_after(wanted), limit)
        whole = _Stretch(after=after, before=AFTER_ALL)
        near = replace(whole, before=min(after + NEAR, AFTER_ALL))
        rows = await self._database.read(lambda connection: _walk(connection, wanted, asked, whole, near))
        return tuple(event_of(row) for row in rows)

    async def coming(
        self, *, after: int, every_seconds: float, patience_seconds: float, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a cursor above `after` as soon as there are any, () where none come for so long."""
        values = {"after": after, "before": AFTER_ALL, "limit": limit}
        rows = await self._database.watch(
            COMING,
            values,
            every_seconds=every_seconds,
            patience_seconds=patience_seconds,
        )
        return tuple(event_of(EventColumns._make(row)) for row in rows)

    async def latest_events(
        self, wanted: EventFilter = EVERY_EVENT, *, before: int | None = None, limit: int = 200
    ) -> tuple[Event, ...]:
        """Return the newest `limit` events with a cursor below `before`, in order of commit."""
        asked = _Asked(*events_before(wanted), limit)
        whole = _Stretch(after=BEFORE_ALL, before=AFTER_ALL if before is None else before)

        def query(connection: Connection) -> _Rows:
            newest = int(connection.execute(NEWEST_CURSOR).scalar() or 0)
            near = replace(whole, after=max(min(whole.before, newest) - NEAR, BEFORE_ALL))
            return _walk(connection, wanted, asked, whole, near)

        rows = await self._database.read(query)
        return tuple(event_of(row) for row in reversed(rows))

    async def pace(self, workflow: WorkflowSlug, *, since: datetime) -> Pace:
        """Return how many executions of a workflow have begun and ended since then."""
        values = {"workflow": workflow, "since": millis_from(since)}
        rows = await self._database.read(lambda connection: connection.execute(PACE_OF, values).all())
        found = {bool(begun): int(number) for begun, number in rows}
        return Pace(begun=found.get(True, 0), ended=found.get(False, 0))

    async def newest_cursor(self) -> int:
        """Return the cursor of the newest event, 0 without any."""
        newest = await self._database.read(lambda connection: connection.execute(NEWEST_CURSOR).scalar())
        return int(newest or 0)


def _walk(connection: Connection, wanted: EventFilter, asked: _Asked, whole: _Stretch, near: _Stretch) -> _Rows:
    """Return what a statement finds in a stretch; `near` is as much of it as is looked at row by row.

    Where a time is asked for, no more rows than those are gone through until one of that time is reached.
    """
    times = times_of(wanted)
    if times is None:
        return asked(connection, whole)
    found = asked(connection, near)
    if len(found) == asked.limit:
        return found
    bounds = connection.execute(BOUNDS, times).one()
    if bounds.first is None:
        return ()
    inside = _Stretch(after=max(whole.after, bounds.first - 1), before=min(whole.before, bounds.last + 1))
    return asked(connection, inside)
