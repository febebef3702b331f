"""Jobs as people ask for them, watch them and cancel them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from clocks import SetClock
from contracts.store_nouns import START
from empty_store import open_stores_at
from postroom.actions.desk import Desk
from postroom.actions.jobs import MOST_WAITING, cancel_job, jobs, order_job, remove_job
from postroom.errors import ConflictError, NotFoundError
from postroom.model.job import JobId, JobKind, JobState


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stores = await open_stores_at(tmp_path / "postroom.db")
    yield Desk(stores=stores, clock=SetClock(START), by="ann")
    await stores.connection.close()


async def test_what_is_asked_for_twice_is_two_jobs_of_who_asked(desk: Desk) -> None:
    first, second = [await order_job(desk, JobKind.COMPARE, {"before": "a"}) for _ in range(2)]
    assert first.id != second.id
    assert (first.by, first.state, first.order, first.created_at) == ("ann", JobState.WAITING, {"before": "a"}, START)
    assert (await jobs(desk.stores, kind=JobKind.COMPARE)).rows == (second, first)
    assert (await jobs(desk.stores, kind=JobKind.TRAIN)).rows == ()


async def test_a_job_that_waits_is_cancelled_once(desk: Desk) -> None:
    job = await order_job(desk, JobKind.TRAIN, {})
    assert (await cancel_job(desk, job.id)).state is JobState.CANCELLED
    with pytest.raises(ConflictError, match="cancelled"):
        await cancel_job(desk, job.id)
    with pytest.raises(NotFoundError):
        await cancel_job(desk, JobId("jo_none"))


async def test_a_job_that_runs_is_asked_to_end(desk: Desk) -> None:
    job = await order_job(desk, JobKind.TRAIN, {})
    await desk.stores.jobs.claim(worker="w", at=START, silent_since=START)
    found = await cancel_job(desk, job.id)
    assert (found.state, found.cancelling) == (JobState.RUNNING, True)


async def test_a_job_is_removed_with_its_result_once_it_has_ended(desk: Desk) -> None:
    job = await order_job(desk, JobKind.TRAIN, {})
    with pytest.raises(ConflictError, match="waiting") as caught:
        await remove_job(desk.stores, job.id)
    assert "Cancel" in caught.value.hint
    await cancel_job(desk, job.id)
    await remove_job(desk.stores, job.id)
    with pytest.raises(NotFoundError):
        await remove_job(desk.stores, job.id)


async def test_more_than_can_soon_be_done_is_refused_until_one_is_cancelled(desk: Desk) -> None:
    waiting = [await order_job(desk, JobKind.TRAIN, {}) for _ in range(MOST_WAITING)]
    with pytest.raises(ConflictError, match="train") as caught:
        await order_job(desk, JobKind.TRAIN, {})
    assert caught.value.hint
    assert (await order_job(desk, JobKind.COMPARE, {})).state is JobState.WAITING
    await cancel_job(desk, waiting[0].id)
    assert (await order_job(desk, JobKind.TRAIN, {})).state is JobState.WAITING
