"""Executions and their events in SQL."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, func, literal, null, or_, select, update

from postroom.errors import NotFoundError
from postroom.model.execution import Event, Execution, ExecutionId, ExecutionStatus
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page, read_cursor, write_cursor
from postroom.stores.sql.rows import event_of, event_row, execution_of, execution_row
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables import events, executions, paused_workflows

# One comparison each: a list would be written into the statement anew at every call.
_NOT_SETTLED = [executions.c.status != literal(status.value) for status in ExecutionStatus if status.settled]
_WITHOUT_PROGRESS = [column for column in executions.c if column.name != "progress_json"]

ADD = insert_once(executions, "id")
ONE = select(executions).where(executions.c.id == bindparam("id"))
LIST = (
    select(*_WITHOUT_PROGRESS, null().label("progress_json"))
    .where(executions.c.position < bindparam("position"))
    .order_by(executions.c.position.desc())
    .limit(bindparam("limit"))
)
LIST_STATUS = LIST.where(executions.c.status == bindparam("status"))
COUNT = select(executions.c.status, func.count()).group_by(executions.c.status)
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
EVENTS = select(events).where(events.c.cursor > bindparam("after")).order_by(events.c.cursor).limit(bindparam("limit"))
EVENTS_OF_EXECUTION = EVENTS.where(events.c.execution_id == bindparam("execution_id"))
LATEST_EVENTS = (
    select(events)
    .where(events.c.cursor < bindparam("before"))
    .order_by(events.c.cursor.desc())
    .limit(bindparam("limit"))
)
LATEST_EVENTS_OF_EXECUTION = LATEST_EVENTS.where(events.c.execution_id == bindparam("execution_id"))


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
            raise NotFoundError(f"There is no execution {execution_id!r}.", hint="`postroom status` shows ids.")
        return execution_of(row)

    async def list(
        self, *, status: ExecutionStatus | None = None, after: str | None = None, limit: int = 50
    ) -> Page[Execution]:
        """Return executions without their progress, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        statement = LIST if status is None else LIST_STATUS
        values = {"position": position, "limit": limit + 1} | ({} if status is None else {"status": status.value})
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, execution_of, lambda row: write_cursor(row.position))

    async def count(self) -> dict[ExecutionStatus, int]:
        """Return how many executions there are in each status."""
        rows = await self._database.read(lambda connection: connection.execute(COUNT).all())
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

    async def events(
        self, execution_id: ExecutionId | None = None, *, after: int = 0, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a cursor above `after`, in order of commit."""
        statement = EVENTS if execution_id is None else EVENTS_OF_EXECUTION
        chosen = {} if execution_id is None else {"execution_id": execution_id}
        values = {"after": after, "limit": limit} | chosen
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return tuple(event_of(row) for row in rows)

    async def latest_events(self, execution_id: ExecutionId | None = None, *, limit: int = 200) -> tuple[Event, ...]:
        """Return the newest `limit` events in order of commit."""
        statement = LATEST_EVENTS if execution_id is None else LATEST_EVENTS_OF_EXECUTION
        chosen = {} if execution_id is None else {"execution_id": execution_id}
        values = {"before": AFTER_ALL, "limit": limit} | chosen
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return tuple(event_of(row) for row in reversed(rows))
