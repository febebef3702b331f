"""Jobs in SQL: what says whose turn it is stands in columns, the whole job in JSON beside them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.execution import Failure
from postroom.model.job import Job, JobId, JobKind, JobState
from postroom.model.page import Page
from postroom.model.workflow import JsonValue
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, millis_from, moment, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.learning import jobs

_CHANGING = ("state", "worker", "beat_at", "cancelling", "job_json")

ADD = insert_once(jobs, "id")
ONE = select(jobs.c.job_json).where(jobs.c.id == bindparam("key"))
LIST = (
    select(jobs.c.position, jobs.c.job_json)
    .where(jobs.c.position < bindparam("position"))
    .order_by(jobs.c.position.desc())
    .limit(bindparam("limit"))
)
LIST_OF_KIND = LIST.where(jobs.c.kind == bindparam("of_kind"))
WAITING = (
    select(jobs.c.position, jobs.c.job_json)
    .where(jobs.c.state == JobState.WAITING.value)
    .order_by(jobs.c.position)
    .limit(1)
)
WAITING_OF_KIND = (
    select(jobs.c.position)
    .where(jobs.c.state == JobState.WAITING.value, jobs.c.kind == bindparam("of_kind"))
    .limit(bindparam("most"))
)
SILENT = (
    select(jobs.c.position, jobs.c.job_json)
    .where(jobs.c.state == JobState.RUNNING.value, jobs.c.beat_at < bindparam("silent_since"))
    .order_by(jobs.c.position)
    .limit(1)
)
CHANGE = (
    update(jobs).where(jobs.c.id == bindparam("key")).values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
REMOVE = delete(jobs).where(
    jobs.c.id == bindparam("of_id"), jobs.c.state.in_([state.value for state in JobState if state.ended])
)


class SqlJobs:
    """The `Jobs` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job, *, most_waiting: int | None = None) -> bool:
        """Store a waiting job; False where its id is taken, or `most_waiting` of its kind wait already."""
        row = {"id": job.id, "kind": job.kind.value} | _columns(replace(job, state=JobState.WAITING))

        def operation(connection: Connection) -> bool:
            waiting = {"of_kind": job.kind.value, "most": most_waiting}
            if most_waiting is not None and len(connection.execute(WAITING_OF_KIND, waiting).all()) >= most_waiting:
                return False
            return connection.execute(ADD, row).rowcount == 1

        return await self._database.write(operation)

    async def get(self, job_id: JobId) -> Job:
        """Return one job; NotFoundError where there is none."""
        found = await self._database.read(lambda connection: _one(connection, job_id))
        if found is None:
            raise NotFoundError(f"There is no job {job_id!r}.", hint="The list of jobs shows their ids.")
        return found

    async def list(self, *, kind: JobKind | None = None, after: str | None = None, limit: int = 50) -> Page[Job]:
        """Return jobs, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        values: Values = {"position": position, "limit": limit + 1}
        statement = LIST if kind is None else LIST_OF_KIND
        if kind is not None:
            values["of_kind"] = kind.value
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _job_of, lambda row: write_cursor(row.position))

    async def claim(self, *, worker: str, at: datetime, silent_since: datetime) -> Job | None:
        """Give `worker` the oldest job that waits, or that runs without a beat since `silent_since`; None: no such."""
        values = {"silent_since": millis_from(silent_since)}

        def operation(connection: Connection) -> Job | None:
            found = [
                row for row in (connection.execute(WAITING).first(), connection.execute(SILENT, values).first()) if row
            ]
            if not found:
                return None
            job = _job_of(min(found, key=lambda row: int(row.position)))
            claimed = replace(
                job, state=JobState.RUNNING, worker=worker, beat_at=at, updated_at=at, attempt=job.attempt + 1
            )
            return _put(connection, claimed)

        return await self._database.write(operation)

    async def advance(self, job_id: JobId, *, worker: str, done: int, total: int, at: datetime) -> bool:
        """Note progress and a beat; False where the worker has lost the job or is to end it: it must stop then."""

        def operation(connection: Connection) -> bool:
            job = _one(connection, job_id)
            if job is None or not _is_of(job, worker) or job.cancelling:
                return False
            _put(connection, replace(job, done=done, total=total, beat_at=at, updated_at=at))
            return True

        return await self._database.write(operation)

    async def finish(self, job_id: JobId, *, worker: str, result: Mapping[str, JsonValue], at: datetime) -> bool:
        """Compare-and-set: running under `worker` → succeeded; else False."""
        return await self._end(
            job_id, worker, lambda job: replace(job, state=JobState.SUCCEEDED, result=result, updated_at=at)
        )

    async def fail(self, job_id: JobId, *, worker: str, failure: Failure, at: datetime) -> bool:
        """Compare-and-set: running under `worker` → failed (cancelled where that was asked for); else False."""

        def ended(job: Job) -> Job:
            if job.cancelling:
                return replace(job, state=JobState.CANCELLED, updated_at=at)
            return replace(job, state=JobState.FAILED, failure=failure, updated_at=at)

        return await self._end(job_id, worker, ended)

    async def release(self, job_id: JobId, *, worker: str, at: datetime) -> bool:
        """Compare-and-set: running under `worker` → waiting, as if it had never had it (attempt - 1); else False."""
        return await self._end(
            job_id,
            worker,
            lambda job: replace(
                job, state=JobState.WAITING, worker="", beat_at=None, updated_at=at, attempt=job.attempt - 1
            ),
        )

    async def remove(self, job_id: JobId) -> bool:
        """Delete it with what came of it where it has ended; else False."""
        values = {"of_id": job_id}
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    async def cancel(self, job_id: JobId, *, at: datetime) -> bool:
        """Compare-and-set: waiting → cancelled, running → asked to end; False where it has ended."""

        def operation(connection: Connection) -> bool:
            job = _one(connection, job_id)
            if job is None or job.state.ended:
                return False
            state = JobState.CANCELLED if job.state is JobState.WAITING else job.state
            _put(connection, replace(job, state=state, cancelling=True, updated_at=at))
            return True

        return await self._database.write(operation)

    async def _end(self, job_id: JobId, worker: str, ended: Callable[[Job], Job]) -> bool:
        def operation(connection: Connection) -> bool:
            job = _one(connection, job_id)
            if job is None or not _is_of(job, worker):
                return False
            _put(connection, ended(job))
            return True

        return await self._database.write(operation)


def _is_of(job: Job, worker: str) -> bool:
    return job.state is JobState.RUNNING and job.worker == worker


def _one(connection: Connection, job_id: JobId) -> Job | None:
    row = connection.execute(ONE, {"key": job_id}).first()
    return None if row is None else _job_of(row)


def _put(connection: Connection, job: Job) -> Job:
    stored = _to_the_millisecond(job)
    columns = {f"new_{name}": value for name, value in _columns(stored).items()}
    connection.execute(CHANGE, {"key": job.id} | columns)
    return stored


def _job_of(row: Found) -> Job:
    return decode(Job, row.job_json)


def _columns(job: Job) -> Values:
    stored = _to_the_millisecond(job)
    return {
        "state": stored.state.value,
        "worker": stored.worker,
        "beat_at": optional_millis(stored.beat_at),
        "cancelling": int(stored.cancelling),
        "job_json": encode(stored),
    }


def _to_the_millisecond(job: Job) -> Job:
    return replace(
        job,
        created_at=moment(millis(job.created_at)),
        updated_at=moment(millis(job.updated_at)),
        beat_at=optional_moment(optional_millis(job.beat_at)),
    )
