"""Runs waiting jobs one at a time, each in a process of its own, which the engine's event loop never waits for."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from postroom.bootstrap.jobs_watch import Doubt, Patience, Watch
from postroom.errors import PostroomError, StoreError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.execution import Failure
from postroom.model.job import Job, JobState

log = structlog.get_logger()

LOOK_SECONDS = 2.0
MOST_ATTEMPTS = 3
END_SECONDS = 5.0

Command = Callable[[Job], Sequence[str]]
"""Return the command line of the process that does a job that was claimed."""


class JobWorker:
    """Claims jobs for this process and does each in a child; what a child that died left is taken over."""

    def __init__(
        self,
        stores: Stores,
        clock: Clock,
        command: Command,
        *,
        environment: Mapping[str, str],
        patience: Patience | None = None,
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._command = command
        self._environment = environment
        self._patience = patience or Patience()

    async def work_forever(self) -> None:
        """Do what waits, looking every two seconds, until cancelled; the job under way then waits for the next."""
        while True:
            if not await self._looked():
                await asyncio.sleep(LOOK_SECONDS)

    async def work_once(self) -> Job | None:
        """Do the oldest job that waits or was left, and return it as it is then; None where there is none.

        A process that gives no sign of life is ended, and so is one whose job gets no further: that has failed then. A
        job whose process died is running still: it is found again when it has been silent for long enough.
        """
        now = self._clock.now()
        worker = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        silent_since = now - timedelta(seconds=self._patience.silent_seconds)
        job = await self._stores.jobs.claim(worker=worker, at=now, silent_since=silent_since)
        if job is None:
            return None
        if job.attempt > MOST_ATTEMPTS:
            await self._give_up(job, "what became of them is not known")
        else:
            await self._do(job)
        return await self._stores.jobs.get(job.id)

    async def _looked(self) -> bool:
        """Return whether there was a job to do."""
        try:
            return await self.work_once() is not None
        except PostroomError as error:
            log.error("jobs_cannot_be_done", problem=error.message, hint=error.hint)  # noqa: TRY400
        except OSError as error:
            log.error("job_cannot_be_begun", problem=str(error), hint="Is there memory for one more process?")  # noqa: TRY400
        return False

    async def _do(self, job: Job) -> None:
        log.info("job_begun", job=job.id, kind=job.kind.value, attempt=job.attempt)
        try:
            ended = await self._ended(job)
        except asyncio.CancelledError:
            await self._stores.jobs.release(job.id, worker=job.worker, at=self._clock.now())
            raise
        found = await self._stores.jobs.get(job.id)
        log.info("job_ended", job=job.id, state=found.state.value, exit_code=ended)
        if found.state is JobState.RUNNING and found.worker == job.worker and job.attempt >= MOST_ATTEMPTS:
            await self._give_up(job, _in_words(ended))

    async def _ended(self, job: Job) -> int:
        """Return how a new process that does the job ended; no process outlives a cancellation."""
        child = await asyncio.create_subprocess_exec(
            *self._command(job),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            env=dict(self._environment),
            # Apart, so that Ctrl-C reaches this process alone, which then ends the child in order.
            start_new_session=True,
        )
        try:
            await self._watched(child, job)
        finally:
            await _end(child)
        return child.returncode or 0

    async def _watched(self, child: asyncio.subprocess.Process, job: Job) -> None:
        """Return when the process has ended, or is to be: then a job that gets no further is noted as failed."""
        clock = asyncio.get_running_loop()
        watch = Watch(job, self._patience, now=clock.time())
        waiting = asyncio.ensure_future(child.wait())
        while not (await asyncio.wait({waiting}, timeout=self._patience.look_seconds))[0]:
            try:
                found = await self._stores.jobs.get(job.id)
            except StoreError:
                continue  # Of that others raise an alarm; it says nothing of the process.
            doubt = watch.doubt(found, now=clock.time())
            if doubt is None:
                continue
            log.error("job_ended_from_outside", job=job.id, doubt=doubt.value, hint="Its failure says what to do.")
            if doubt is Doubt.STALLED:
                failure = _stalled(found, self._patience)
                await self._stores.jobs.fail(job.id, worker=job.worker, failure=failure, at=self._clock.now())
            waiting.cancel()
            return

    async def _give_up(self, job: Job, how: str) -> None:
        failure = Failure(
            code="job_process_died",
            message=f"{MOST_ATTEMPTS} processes that did it ended without a result; of the last: {how}.",
            hint="Too little memory is the usual cause (the system's log says so); then ask for it again.",
        )
        await self._stores.jobs.fail(job.id, worker=job.worker, failure=failure, at=self._clock.now())


def _stalled(job: Job, patience: Patience) -> Failure:
    reached = f"{job.done} of {job.total} steps" if job.total else "its first step"
    return Failure(
        code="job_stalled",
        message=f"It got no further than {reached} for {patience.stalled_seconds / 60:.0f} minutes, so it was ended.",
        hint="Ask for it again. If the work is sound and only slow, set POSTROOM_JOB_STALLED_MINUTES higher before.",
    )


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a process that may have ended; it is gone when this returns."""
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), END_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _in_words(ended: int) -> str:
    if ended >= 0:
        return f"it ended with exit code {ended}"
    try:
        return f"it was ended by {signal.Signals(-ended).name}"
    except ValueError:
        return f"it was ended by signal {-ended}"
