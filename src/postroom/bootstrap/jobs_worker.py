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
from postroom.errors import NotFoundError, PostroomError, StoreError
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

        One that was removed meanwhile is returned as it was when it was begun.

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
        return await self._found(job) or job

    async def _found(self, job: Job) -> Job | None:
        """Return a job as it is now; None where somebody removed it, which only one that has ended allows."""
        with contextlib.suppress(NotFoundError):
            return await self._stores.jobs.get(job.id)
        return None

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
        found = await self._found(job)
        log.info("job_ended", job=job.id, state=found.state.value if found else "removed", how=ended)
        if found is None or found.state is not JobState.RUNNING or found.worker != job.worker:
            return
        if job.attempt >= MOST_ATTEMPTS:
            await self._give_up(job, ended)

    async def _ended(self, job: Job) -> str:
        """Return in words how a new process that does the job ended; none that it began outlives it."""
        child = await _begun(self._command(job), self._environment)
        try:
            doubt = await self._watched(child, job)
        finally:
            await _end(child)
        if doubt is Doubt.FROZEN:
            return f"it gave no sign of life for {self._patience.frozen_seconds / 60:.0f} minutes and was ended"
        return _in_words(child.returncode or 0)

    async def _watched(self, child: asyncio.subprocess.Process, job: Job) -> Doubt | None:
        """Return None when the process has ended, or why it is to be: a job that gets no further is noted as failed."""
        clock = asyncio.get_running_loop()
        watch = Watch(job, self._patience, now=clock.time())
        waiting = asyncio.ensure_future(child.wait())
        found = job
        while not (await asyncio.wait({waiting}, timeout=self._patience.look_seconds))[0]:
            try:
                # One that was removed has ended, and so will its process.
                found = await self._found(job) or found
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
            return doubt
        return None

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


async def _begun(command: Sequence[str], environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Return a new process; cancelled while it begins, it is ended as one that has begun."""
    beginning = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            env=dict(environment),
            # Apart, so that Ctrl-C reaches this process alone, which then ends the child and all of its group in order.
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:
        await _end(await beginning)
        raise


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a process, that may have ended, with all that it began; nothing of it is left when this returns."""
    try:
        if child.returncode is None:
            _signal(child, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), END_SECONDS)
    finally:
        # Also where it ended by itself: processes that worked for it do not notice that it is gone.
        _signal(child, signal.SIGKILL)
    await child.wait()


def _signal(child: asyncio.subprocess.Process, sign: signal.Signals) -> None:
    """Signal the group of a process; it leads one of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, sign)


def _in_words(ended: int) -> str:
    if ended >= 0:
        return f"it ended with exit code {ended}"
    try:
        return f"it was ended by {signal.Signals(-ended).name}"
    except ValueError:
        return f"it was ended by signal {-ended}"
