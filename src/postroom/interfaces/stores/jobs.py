"""Jobs: long work, asked for once, done by one process at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from postroom.model.execution import Failure
from postroom.model.job import Job, JobId, JobKind
from postroom.model.page import Page
from postroom.model.workflow import JsonValue


class Jobs(Protocol):
    """Keeps jobs and sees to it that one process has each."""

    async def add(self, job: Job, *, most_waiting: int | None = None) -> bool:
        """Store a waiting job; False where its id is taken, or `most_waiting` of its kind wait already."""
        ...

    async def get(self, job_id: JobId) -> Job:
        """Return one job.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, kind: JobKind | None = None, after: str | None = None, limit: int = 50) -> Page[Job]:
        """Return jobs, newest first."""
        ...

    async def claim(self, *, worker: str, at: datetime, silent_since: datetime) -> Job | None:
        """Give `worker` the oldest job that waits, or that runs without a beat since `silent_since`; None: no such."""
        ...

    async def advance(self, job_id: JobId, *, worker: str, done: int, total: int, at: datetime) -> bool:
        """Note progress and a beat; False where the worker has lost the job or is to end it: it must stop then."""
        ...

    async def finish(self, job_id: JobId, *, worker: str, result: Mapping[str, JsonValue], at: datetime) -> bool:
        """Compare-and-set: running under `worker` → succeeded; else False."""
        ...

    async def fail(self, job_id: JobId, *, worker: str, failure: Failure, at: datetime) -> bool:
        """Compare-and-set: running under `worker` → failed (cancelled where that was asked for); else False."""
        ...

    async def release(self, job_id: JobId, *, worker: str, at: datetime) -> bool:
        """Compare-and-set: running under `worker` → waiting, as if it had never had it (attempt - 1); else False.

        For a worker that is told to end while the job is sound: the next one goes on at once.
        """
        ...

    async def remove(self, job_id: JobId) -> bool:
        """Delete it with what came of it where it has ended; else False."""
        ...

    async def cancel(self, job_id: JobId, *, at: datetime) -> bool:
        """Compare-and-set: waiting → cancelled, running → asked to end; False where it has ended."""
        ...
