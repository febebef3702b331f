"""One job in this process: what is noted of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bootstrap.jobs_child import obey
from empty_store import open_stores_at
from postroom.actions.desk import Desk
from postroom.actions.jobs import order_job
from postroom.bootstrap.jobs_run import Shop, run_job
from postroom.errors import ConflictError
from postroom.interfaces.clock import SystemClock
from postroom.model.job import Job, JobKind, JobState
from postroom.model.workflow import JsonValue
from postroom.settings import Settings


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stores = await open_stores_at(tmp_path / "postroom.db")
    yield Desk(stores=stores, clock=SystemClock(), by="ann")
    await stores.connection.close()


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Shop:
    return Shop(
        stores=desk.stores,
        settings=Settings(data_dir=tmp_path),
        clock=desk.clock,
        works={JobKind.TRAIN: obey},
        beat_seconds=0,
    )


async def claimed(desk: Desk, order: Mapping[str, JsonValue], *, kind: JobKind = JobKind.TRAIN) -> Job:
    await order_job(desk, kind, order)
    now = desk.clock.now()
    job = await desk.stores.jobs.claim(worker="w", at=now, silent_since=now)
    assert job is not None
    return job


async def beaten(desk: Desk, job: Job) -> None:
    """Return when the job has given a sign of life."""
    while (await desk.stores.jobs.get(job.id)).beat_at == job.beat_at:  # noqa: ASYNC110 - the store tells no event.
        await asyncio.sleep(0)


async def test_what_came_of_it_is_noted(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    job = await claimed(desk, {"do": "count", "path": str(tmp_path / "lines")})
    assert await run_job(shop, job.id, "w") is JobState.SUCCEEDED
    found = await desk.stores.jobs.get(job.id)
    assert (found.result, found.done, found.total) == ({"lines": 4}, 4, 4)


async def test_a_failure_is_kept_in_words_and_a_bug_without_its_text(desk: Desk, shop: Shop) -> None:
    for bug, code in (False, "input"), (True, "bug"):
        job = await claimed(desk, {"do": "refuse", "bug": bug})
        assert await run_job(shop, job.id, "w") is JobState.FAILED
        failure = (await desk.stores.jobs.get(job.id)).failure
        assert failure is not None
        assert failure.code == code
        assert failure.hint
        assert "secret" not in failure.message


async def test_a_job_that_says_nothing_beats_and_hears_that_it_is_cancelled(
    desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    job = await claimed(desk, {"do": "wait", "path": str(tmp_path / "begun")})
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        running = group.create_task(run_job(shop, job.id, "w"))
        await beaten(desk, job)
        await desk.stores.jobs.cancel(job.id, at=desk.clock.now())
    assert running.result() is JobState.CANCELLED


async def test_a_job_of_somebody_else_is_left_alone(desk: Desk, shop: Shop) -> None:
    job = await claimed(desk, {"do": "refuse"})
    with pytest.raises(ConflictError):
        await run_job(shop, job.id, "another")
    assert await desk.stores.jobs.get(job.id) == job


async def test_who_loses_a_job_while_doing_it_stops_and_changes_nothing(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    job = await claimed(desk, {"do": "wait", "path": str(tmp_path / "begun")})
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        running = group.create_task(run_job(shop, job.id, "w"))
        await beaten(desk, job)
        taken = None
        while taken is None:
            now = desk.clock.now()
            await asyncio.sleep(0)
            taken = await desk.stores.jobs.claim(worker="other", at=now, silent_since=desk.clock.now())
    assert running.result() is JobState.RUNNING
    found = await desk.stores.jobs.get(job.id)
    assert (found.worker, found.failure) == ("other", None)


async def test_a_kind_that_nobody_can_do_fails_with_a_reason(desk: Desk, shop: Shop) -> None:
    job = await claimed(desk, {}, kind=JobKind.COMPARE)
    assert await run_job(shop, job.id, "w") is JobState.FAILED
