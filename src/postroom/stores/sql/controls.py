"""Wishes, switches and heart-beats in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.sql.base import Executable

from postroom.model.control import Process, Request, Wish
from postroom.model.workflow import WorkflowSlug
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import execute_all, insert_once, insert_or_replace
from postroom.stores.sql.tables.executions import processes, requests
from postroom.stores.sql.tables.workflows import paused_workflows, switches

SENDING_HALTED = "sending_halted"

SWITCH_ON = insert_once(switches, "name")
SWITCH_OFF = delete(switches).where(switches.c.name == bindparam("name"))
SWITCH = select(switches.c.name).where(switches.c.name == bindparam("name"))
PAUSE = insert_once(paused_workflows, "slug")
RESUME = delete(paused_workflows).where(paused_workflows.c.slug == bindparam("slug"))
PAUSED = select(paused_workflows.c.slug)
ASK = insert_once(requests, "execution_id", "wish")
REQUESTS = select(requests).order_by(requests.c.position).limit(bindparam("limit"))
DONE = delete(requests).where(
    requests.c.execution_id == bindparam("execution_id"), requests.c.wish == bindparam("wish")
)
BEAT = insert_or_replace(processes, "executor_id")
LEAVE = delete(processes).where(processes.c.executor_id == bindparam("executor_id"))
PROCESSES = select(processes).where(processes.c.beat_at >= bindparam("since")).order_by(processes.c.executor_id)


class SqlControls:
    """The `Controls` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def halt_sending(self) -> None:
        """From now on no claim is granted, in any process."""
        await self._execute(SWITCH_ON, {"name": SENDING_HALTED})

    async def allow_sending(self) -> None:
        """Undo `halt_sending`."""
        await self._execute(SWITCH_OFF, {"name": SENDING_HALTED})

    async def sending_halted(self) -> bool:
        """Return whether sending is halted."""
        values = {"name": SENDING_HALTED}
        row = await self._database.read(lambda connection: connection.execute(SWITCH, values).first())
        return row is not None

    async def pause_workflow(self, slug: WorkflowSlug) -> None:
        """From now on no execution of the workflow begins or goes on."""
        await self._execute(PAUSE, {"slug": slug})

    async def resume_workflow(self, slug: WorkflowSlug) -> None:
        """Undo `pause_workflow`."""
        await self._execute(RESUME, {"slug": slug})

    async def paused_workflows(self) -> frozenset[WorkflowSlug]:
        """Return the slugs of all paused workflows."""
        rows = await self._database.read(lambda connection: connection.execute(PAUSED).all())
        return frozenset(WorkflowSlug(row.slug) for row in rows)

    async def ask(self, request: Request) -> None:
        """Leave a request; one with the same execution and wish stands once."""
        await self.ask_all((request,))

    async def ask_all(self, requests: Sequence[Request]) -> None:
        """Leave these requests in one transaction."""
        rows: list[Values] = [
            {"execution_id": one.execution_id, "wish": one.wish.value, "by": one.by, "at": millis(one.at)}
            for one in requests
        ]

        def operation(connection: Connection) -> None:
            execute_all(connection, ASK, rows)

        await self._database.write(operation)

    async def requests(self, *, limit: int = 100) -> tuple[Request, ...]:
        """Return the requests that nobody has carried out yet, oldest first."""
        rows = await self._database.read(lambda connection: connection.execute(REQUESTS, {"limit": limit}).all())
        return tuple(_request(row) for row in rows)

    async def done(self, request: Request) -> None:
        """Strike out a request."""
        await self._execute(DONE, {"execution_id": request.execution_id, "wish": request.wish.value})

    async def beat(self, process: Process) -> None:
        """Note that a process lives."""
        values: Values = {"executor_id": process.executor_id, "host": process.host, "pid": process.pid}
        await self._execute(BEAT, values | {"beat_at": millis(process.beat_at)})

    async def leave(self, executor_id: str) -> None:
        """Note that a process has ended."""
        await self._execute(LEAVE, {"executor_id": executor_id})

    async def processes(self, *, since: datetime) -> tuple[Process, ...]:
        """Return the processes whose last heart-beat is not before `since`."""
        values = {"since": millis(since)}
        rows = await self._database.read(lambda connection: connection.execute(PROCESSES, values).all())
        return tuple(_process(row) for row in rows)

    async def _execute(self, statement: Executable, values: Values) -> None:
        def operation(connection: Connection) -> None:
            connection.execute(statement, values)

        await self._database.write(operation)


def _request(row: Found) -> Request:
    return Request(execution_id=row.execution_id, wish=Wish(row.wish), by=row.by, at=moment(row.at))


def _process(row: Found) -> Process:
    return Process(executor_id=row.executor_id, host=row.host, pid=row.pid, beat_at=moment(row.beat_at))
