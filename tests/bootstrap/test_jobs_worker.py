"""Jobs in processes of their own that are killed, cancelled, stopped and fail."""

import asyncio
import os
import select
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.jobs_child import written
from empty_store import open_stores_at
from postroom.actions.desk import Desk
from postroom.actions.jobs import cancel_job, order_job
from postroom.bootstrap.jobs_watch import Patience
from postroom.bootstrap.jobs_worker import JobWorker
from postroom.errors import NotFoundError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.jobs import Jobs
from postroom.model.job import Job, JobId, JobKind, JobState
from postroom.model.workflow import JsonValue

CHILD = Path(__file__).with_name("jobs_child.py")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stores = await open_stores_at(tmp_path / "postroom.db")
    yield Desk(stores=stores, clock=SystemClock(), by="ann")
    await stores.connection.close()


def a_worker(stores: Stores, folder: Path) -> JobWorker:
    url = f"sqlite:///{folder / 'postroom.db'}"
    return JobWorker(
        stores,
        SystemClock(),
        lambda job: (sys.executable, str(CHILD), url, job.id, job.worker),
        environment=os.environ,
        patience=Patience(silent_seconds=0),
    )


NO_PATIENCE = Patience(silent_seconds=0)


def a_shell(stores: Stores, script: str, patience: Patience = NO_PATIENCE) -> JobWorker:
    """Return a worker whose processes do something else than the job."""
    command = ("/bin/sh", "-c", script)
    return JobWorker(stores, SystemClock(), lambda _: command, environment={}, patience=patience)


async def ordered(desk: Desk, folder: Path, **order: JsonValue) -> Job:
    return await order_job(desk, JobKind.TRAIN, {"path": str(folder / "lines.txt"), **order})


async def begun(path: Path) -> int:
    """Return the id of the process that says in a file that it has begun."""
    async with asyncio.timeout(30):
        while not written(path):  # noqa: ASYNC110 - another process gives no event.
            await asyncio.sleep(0)
    return pid_in(path)


def pid_in(path: Path) -> int:
    return int(path.read_text())


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_job_is_done_once_in_another_process(desk: Desk, tmp_path: Path) -> None:
    job = await ordered(desk, tmp_path, do="count")
    worker = a_worker(desk.stores, tmp_path)
    done = await worker.work_once()
    assert done is not None
    assert (done.id, done.state, done.result) == (job.id, JobState.SUCCEEDED, {"lines": 4})
    assert (done.done, done.total, done.attempt) == (4, 4, 1)
    assert await worker.work_once() is None
    assert (tmp_path / "lines.txt").read_text() == "0 ann\n1 ann\n2 ann\n3 ann\n"


async def test_a_job_whose_process_was_killed_is_taken_over_and_goes_on_where_it_was(
    desk: Desk, tmp_path: Path
) -> None:
    await ordered(desk, tmp_path, do="count", kill=1)
    worker = a_worker(desk.stores, tmp_path)
    left = await worker.work_once()
    assert left is not None
    assert (left.state, left.attempt) == (JobState.RUNNING, 1)
    done = await worker.work_once()
    assert done is not None
    assert (done.state, done.attempt, done.result) == (JobState.SUCCEEDED, 2, {"lines": 4})
    assert written(tmp_path / "lines.txt") == 4


async def test_a_job_that_was_left_a_moment_ago_is_not_taken_over_yet(desk: Desk, tmp_path: Path) -> None:
    await ordered(desk, tmp_path)
    worker = a_shell(desk.stores, "kill -9 $$", Patience(silent_seconds=60))
    assert await worker.work_once() is not None
    assert await worker.work_once() is None


async def test_a_job_that_kills_its_process_three_times_fails_and_says_why(desk: Desk, tmp_path: Path) -> None:
    await ordered(desk, tmp_path)
    worker = a_shell(desk.stores, "kill -9 $$")
    found = [await worker.work_once() for _ in range(3)]
    assert [one.state for one in found if one] == [JobState.RUNNING, JobState.RUNNING, JobState.FAILED]
    failure = found[2].failure if found[2] else None
    assert failure is not None
    assert "SIGKILL" in failure.message
    assert failure.hint
    assert await worker.work_once() is None


async def test_a_job_that_took_three_whole_servers_with_it_fails_too(desk: Desk, tmp_path: Path) -> None:
    job = await ordered(desk, tmp_path, do="count")
    for number in range(3):
        now = desk.clock.now()
        assert await desk.stores.jobs.claim(worker=f"gone {number}", at=now, silent_since=now) is not None
        await asyncio.to_thread(_wait_a_millisecond, desk)
    found = await a_worker(desk.stores, tmp_path).work_once()
    assert found is not None
    assert (found.id, found.state) == (job.id, JobState.FAILED)
    assert not (tmp_path / "lines.txt").exists()


async def test_a_running_job_that_is_cancelled_ends(desk: Desk, tmp_path: Path) -> None:
    job = await ordered(desk, tmp_path, do="wait")
    async with asyncio.TaskGroup() as group:
        working = group.create_task(a_worker(desk.stores, tmp_path).work_once())
        await begun(tmp_path / "lines.txt")
        assert (await cancel_job(desk, job.id)).state is JobState.RUNNING
    done = working.result()
    assert done is not None
    assert (done.state, done.failure) == (JobState.CANCELLED, None)


async def test_a_worker_that_is_stopped_ends_the_process_and_the_job_waits_as_before(
    desk: Desk, tmp_path: Path
) -> None:
    job = await ordered(desk, tmp_path)
    script = f"echo $$ > {tmp_path / 'lines.txt'}; exec /bin/sleep 600"
    working = asyncio.create_task(a_shell(desk.stores, script).work_forever())
    pid = await begun(tmp_path / "lines.txt")
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    found = await desk.stores.jobs.get(job.id)
    assert (found.state, found.attempt, found.worker) == (JobState.WAITING, 0, "")
    assert not lives(pid)


async def test_a_job_that_gets_no_further_is_ended_and_failed_and_the_next_one_is_done(
    desk: Desk, tmp_path: Path
) -> None:
    await ordered(desk, tmp_path)
    script = f"echo $$ > {tmp_path / 'hung.txt'}; exec /bin/sleep 600"
    hasty = Patience(silent_seconds=60, stalled_seconds=1, look_seconds=0.1)
    hung = await a_shell(desk.stores, script, hasty).work_once()
    assert hung is not None
    assert (hung.state, hung.failure and hung.failure.code) == (JobState.FAILED, "job_stalled")
    assert "POSTROOM_JOB_STALLED_MINUTES" in (hung.failure.hint if hung.failure else "")
    assert not lives(pid_in(tmp_path / "hung.txt"))
    next_one = await ordered(desk, tmp_path, do="count")
    done = await a_worker(desk.stores, tmp_path).work_once()
    assert done is not None
    assert (done.id, done.state) == (next_one.id, JobState.SUCCEEDED)


async def test_a_process_without_a_sign_of_life_is_ended_and_its_job_goes_to_another(
    desk: Desk, tmp_path: Path
) -> None:
    await ordered(desk, tmp_path, do="count")
    script = f"echo $$ > {tmp_path / 'hung.txt'}; exec /bin/sleep 600"
    hasty = Patience(silent_seconds=0, frozen_seconds=1, look_seconds=0.1)
    left = await a_shell(desk.stores, script, hasty).work_once()
    assert left is not None
    assert (left.state, left.attempt) == (JobState.RUNNING, 1)
    assert not lives(pid_in(tmp_path / "hung.txt"))
    done = await a_worker(desk.stores, tmp_path).work_once()
    assert done is not None
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 2)


def a_pipe(path: Path) -> int:
    """Return the open reading end of a new named pipe: it ends once no process holds the writing end any more."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


async def is_let_go(reading: int) -> bool:
    found, _, _ = await asyncio.to_thread(select.select, [reading], [], [], 10)
    return bool(found)


@pytest.mark.parametrize("hold_out", ["", "trap '' TERM; "])
async def test_what_a_process_of_a_job_began_ends_with_it(desk: Desk, tmp_path: Path, hold_out: str) -> None:
    await ordered(desk, tmp_path)
    reading = a_pipe(tmp_path / "held")
    held = f"exec 3> {tmp_path / 'held'}; ({hold_out}sleep 600; :) & exec 3>&-"
    script = f"PATH=/bin:/usr/bin; {held}; echo $$ > {tmp_path / 'lines.txt'}; exec sleep 600"
    working = asyncio.create_task(a_shell(desk.stores, script).work_forever())
    await begun(tmp_path / "lines.txt")
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await is_let_go(reading)
    os.close(reading)


async def test_what_a_process_began_that_died_ends_too(desk: Desk, tmp_path: Path) -> None:
    await ordered(desk, tmp_path)
    reading = a_pipe(tmp_path / "held")
    script = f"PATH=/bin:/usr/bin; exec 3> {tmp_path / 'held'}; sleep 600 & kill -9 $$"
    await a_shell(desk.stores, script).work_once()
    assert await is_let_go(reading)
    os.close(reading)


async def test_a_job_whose_last_process_gave_no_sign_of_life_says_so(desk: Desk, tmp_path: Path) -> None:
    await ordered(desk, tmp_path)
    for number in range(2):
        now = desk.clock.now()
        assert await desk.stores.jobs.claim(worker=f"gone {number}", at=now, silent_since=now) is not None
        await asyncio.to_thread(_wait_a_millisecond, desk)
    hasty = Patience(silent_seconds=0, frozen_seconds=0.6, look_seconds=0.1)
    failed = await a_shell(desk.stores, "exec /bin/sleep 600", hasty).work_once()
    assert failed is not None
    assert failed.failure is not None
    assert (failed.state, failed.failure.code) == (JobState.FAILED, "job_process_died")
    assert "gave no sign of life" in failed.failure.message
    assert "SIG" not in failed.failure.message


class Telling:
    """Jobs that tell when one was asked for that is gone."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.missed = asyncio.Event()
        self.claim = jobs.claim

    async def get(self, job_id: JobId) -> Job:
        """Return it."""
        try:
            return await self._jobs.get(job_id)
        except NotFoundError:
            self.missed.set()
            raise


async def test_a_job_that_is_removed_the_moment_it_ends_lets_its_process_end_by_itself(
    desk: Desk, tmp_path: Path
) -> None:
    job = await ordered(desk, tmp_path)
    os.mkfifo(tmp_path / "go")
    # Open for both, so that neither side waits for the other to open it.
    go = os.open(tmp_path / "go", os.O_RDWR)
    script = f"echo $$ > {tmp_path / 'lines.txt'}; read word < {tmp_path / 'go'}; echo $word > {tmp_path / 'done.txt'}"
    jobs: Jobs
    jobs = telling = Telling(desk.stores.jobs)  # type: ignore[assignment] # Only what is asked of it here.
    patience = Patience(silent_seconds=60, look_seconds=0.1)
    working = asyncio.create_task(a_shell(replace(desk.stores, jobs=jobs), script, patience).work_once())
    await begun(tmp_path / "lines.txt")
    worker = (await desk.stores.jobs.get(job.id)).worker
    await desk.stores.jobs.finish(job.id, worker=worker, result={}, at=desk.clock.now())
    assert await desk.stores.jobs.remove(job.id)
    async with asyncio.timeout(30):
        await telling.missed.wait()
        os.write(go, b"done\n")
        assert (found := await working) is not None
    assert found.id == job.id
    assert (tmp_path / "done.txt").read_text() == "done\n"
    os.close(go)


def _wait_a_millisecond(desk: Desk) -> None:
    before = desk.clock.now()
    while (desk.clock.now() - before).total_seconds() < 0.002:
        pass
