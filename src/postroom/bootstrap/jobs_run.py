"""Runs one job in this process: tells the store how far it is and that it lives, and notes what came of it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from postroom.errors import ConflictError, PostroomError
from postroom.interfaces.clock import Clock
from postroom.interfaces.progress import Progress, StoppedError
from postroom.interfaces.stores import Stores
from postroom.model.execution import Failure
from postroom.model.job import Job, JobId, JobKind, JobState
from postroom.model.workflow import JsonValue
from postroom.settings import Settings

log = structlog.get_logger()

BEAT_SECONDS = 5.0  # A twelfth of the silence after which a job goes to another process.
NOTED_EVERY_SECONDS = 0.5

Order = Mapping[str, JsonValue]
Result = Mapping[str, JsonValue]


Work = Callable[[Order, Stores, Settings, Progress], Awaitable[Result]]
"""Does a job of one kind. It keeps the event loop free: what computes runs in a thread.

Beside what was ordered, the order says under `by` who asked for it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What runs jobs: the stores and settings they get, the clock, and what does a job of each kind."""

    stores: Stores
    settings: Settings
    clock: Clock
    works: Mapping[JobKind, Work]
    beat_seconds: float = BEAT_SECONDS


class Noted:
    """The `Progress` of a job in the store; `beat_forever` notes that it lives while nothing else is told."""

    def __init__(self, stores: Stores, job: Job, clock: Clock) -> None:
        self._stores = stores
        self._job = job
        self._clock = clock
        self._reached = (job.done, job.total)
        self._noted_at = -NOTED_EVERY_SECONDS

    async def __call__(self, done: int, total: int) -> None:
        """Note that `done` of `total` steps are behind it, twice a second at most, and the last step always."""
        self._reached = (done, total)
        now = asyncio.get_running_loop().time()
        if done == total or now - self._noted_at >= NOTED_EVERY_SECONDS:
            self._noted_at = now
            await self._note()

    async def beat_forever(self, *, every_seconds: float) -> None:
        """Note every few seconds that the job lives; ends only by `StoppedError`, when it is to end."""
        while True:
            await self._note()
            await asyncio.sleep(every_seconds)

    async def _note(self) -> None:
        done, total = self._reached
        now = self._clock.now()
        job = self._job
        if not await self._stores.jobs.advance(job.id, worker=job.worker, done=done, total=total, at=now):
            raise StoppedError("The job was cancelled, or another process has it.")


async def run_job(shop: Shop, job_id: JobId, worker: str) -> JobState:
    """Do a job that `worker` has claimed, note what came of it, and return the state it is left in.

    Where that is not `SUCCEEDED`, threads of the job may still compute: the process has to be ended.

    Raises:
        ConflictError: `worker` does not have it. StoreError: what came of it could not be noted.
    """
    stores, clock = shop.stores, shop.clock
    job = await stores.jobs.get(job_id)
    if job.state is not JobState.RUNNING or job.worker != worker:
        raise ConflictError(f"The job {job_id!r} is not this process's.", hint="The list of jobs shows who has it.")
    try:
        result = await _done(job, shop)
    except Exception as error:
        if not isinstance(error, PostroomError):
            log.exception("job_broke", job=job.id, kind=job.kind.value, hint="Report this as a bug.")
        await stores.jobs.fail(job.id, worker=worker, failure=_failure(error), at=clock.now())
    else:
        await stores.jobs.finish(job.id, worker=worker, result=result, at=clock.now())
    return (await stores.jobs.get(job_id)).state


async def _done(job: Job, shop: Shop) -> Result:
    """Return what the work gives; where beating says that it is to end, it is cancelled."""
    noted = Noted(shop.stores, job, shop.clock)
    work = shop.works.get(job.kind)
    if work is None:
        raise ConflictError(f"This version cannot do a job of kind {job.kind.value!r}.", hint="Update Postroom.")
    doing = asyncio.ensure_future(work({**job.order, "by": job.by}, shop.stores, shop.settings, noted))
    beating = asyncio.ensure_future(noted.beat_forever(every_seconds=shop.beat_seconds))
    try:
        await asyncio.wait({doing, beating}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        beating.result()
        raise AssertionError("Beating never ends by itself.")
    finally:
        for task in (doing, beating):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


def _failure(error: Exception) -> Failure:
    if isinstance(error, PostroomError):
        return Failure(code=error.code, message=error.message, hint=error.hint, retryable=error.retryable)
    return Failure(
        code="bug",
        message=f"Something unexpected went wrong ({type(error).__name__}).",
        hint="The log of the job's process shows where; report it.",
    )
