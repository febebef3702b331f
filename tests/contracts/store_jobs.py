"""What every implementation of `Jobs` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.execution import Failure
from postroom.model.job import Job, JobId, JobKind, JobState

A, B, C = (JobId(f"jo_{name}") for name in "abc")
BROKEN = Failure(code="input", message="There are too few texts.", hint="Label more.")


def job(job_id: JobId = A, *, kind: JobKind = JobKind.TRAIN) -> Job:
    """Return a job that waits."""
    return Job(
        id=job_id,
        kind=kind,
        state=JobState.WAITING,
        order={"seed": 7, "of": ["x", None]},
        by="ann",
        created_at=at(0),
        updated_at=at(0),
    )


async def claim(stores: Stores, worker: str = "w1", *, minute: int = 1, silent_since: int = 0) -> Job | None:
    """Return the job that `worker` gets."""
    return await stores.jobs.claim(worker=worker, at=at(minute), silent_since=at(silent_since))


class JobsContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_job_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        assert await stores.jobs.add(job())
        assert not await stores.jobs.add(replace(job(), by="ben"))
        assert await stores.jobs.get(A) == job()

    async def test_of_many_orders_at_once_only_so_many_of_a_kind_wait(self, stores: Stores, second: Stores) -> None:
        added = await asyncio.gather(
            *((second if n % 2 else stores).jobs.add(job(JobId(f"jo_{n}")), most_waiting=3) for n in range(12))
        )
        assert added.count(True) == 3
        assert await stores.jobs.add(job(C, kind=JobKind.COMPARE), most_waiting=3)
        assert not await stores.jobs.add(job(A), most_waiting=3)
        await claim(stores)
        assert await stores.jobs.add(job(A), most_waiting=3)

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.jobs.get(A)
        assert caught.value.hint
        assert await claim(stores) is None
        assert not await stores.jobs.cancel(A, at=at(1))
        assert not await stores.jobs.advance(A, worker="w1", done=1, total=2, at=at(1))

    async def test_the_oldest_that_waits_is_claimed_once(self, stores: Stores) -> None:
        for one in (B, A):
            await stores.jobs.add(job(one))
        first = await claim(stores)
        assert first == replace(job(B), state=JobState.RUNNING, worker="w1", beat_at=at(1), updated_at=at(1), attempt=1)
        second = await claim(stores, "w2")
        assert second is not None
        assert second.id == A
        assert await claim(stores, "w3") is None
        assert await stores.jobs.get(B) == first

    async def test_of_many_claims_at_once_each_job_goes_to_one(self, stores: Stores, second: Stores) -> None:
        for number in range(3):
            await stores.jobs.add(job(JobId(f"jo_{number}")))
        claimed = await asyncio.gather(*(claim(second if n % 2 else stores, f"w{n}") for n in range(12)))
        assert sorted(one.id for one in claimed if one is not None) == ["jo_0", "jo_1", "jo_2"]

    async def test_a_job_without_a_beat_goes_to_another_worker_and_one_with_a_beat_does_not(
        self, stores: Stores
    ) -> None:
        await stores.jobs.add(job())
        await claim(stores, "w1", minute=1)
        assert await stores.jobs.advance(A, worker="w1", done=3, total=9, at=at(4))
        assert await claim(stores, "w2", minute=5, silent_since=4) is None
        taken = await claim(stores, "w2", minute=6, silent_since=5)
        assert taken is not None
        assert (taken.worker, taken.attempt, taken.done, taken.total) == ("w2", 2, 3, 9)

    async def test_who_lost_a_job_can_change_nothing_of_it(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        await claim(stores, "w1")
        taken = await claim(stores, "w2", minute=9, silent_since=8)
        assert not await stores.jobs.advance(A, worker="w1", done=5, total=9, at=at(10))
        assert not await stores.jobs.finish(A, worker="w1", result={"x": 1}, at=at(10))
        assert not await stores.jobs.fail(A, worker="w1", failure=BROKEN, at=at(10))
        assert not await stores.jobs.release(A, worker="w1", at=at(10))
        assert await stores.jobs.get(A) == taken

    async def test_progress_is_noted_with_a_beat(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        assert not await stores.jobs.advance(A, worker="w1", done=1, total=2, at=at(1))
        await claim(stores)
        assert await stores.jobs.advance(A, worker="w1", done=1, total=2, at=at(3))
        found = await stores.jobs.get(A)
        assert (found.done, found.total, found.beat_at, found.updated_at) == (1, 2, at(3), at(3))

    async def test_a_job_succeeds_once(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        assert not await stores.jobs.finish(A, worker="w1", result={}, at=at(2))
        await claim(stores)
        assert await stores.jobs.finish(A, worker="w1", result={"model": "mo_1", "flips": [1]}, at=at(2))
        assert not await stores.jobs.finish(A, worker="w1", result={}, at=at(3))
        assert not await stores.jobs.fail(A, worker="w1", failure=BROKEN, at=at(3))
        found = await stores.jobs.get(A)
        assert (found.state, found.result, found.updated_at) == (
            JobState.SUCCEEDED,
            {"model": "mo_1", "flips": [1]},
            at(2),
        )
        assert await claim(stores, "w2", minute=9, silent_since=9) is None

    async def test_a_failure_says_why(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        await claim(stores)
        assert await stores.jobs.fail(A, worker="w1", failure=BROKEN, at=at(2))
        found = await stores.jobs.get(A)
        assert (found.state, found.failure) == (JobState.FAILED, BROKEN)
        assert not await stores.jobs.cancel(A, at=at(3))

    async def test_only_a_job_that_has_ended_is_removed(self, stores: Stores, second: Stores) -> None:
        assert not await stores.jobs.remove(A)
        await stores.jobs.add(job())
        assert not await stores.jobs.remove(A)
        await claim(stores)
        assert not await stores.jobs.remove(A)
        await stores.jobs.finish(A, worker="w1", result={}, at=at(2))
        assert await second.jobs.remove(A)
        with pytest.raises(NotFoundError):
            await stores.jobs.get(A)

    async def test_a_job_that_waits_is_cancelled_at_once(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        assert await stores.jobs.cancel(A, at=at(1))
        assert not await stores.jobs.cancel(A, at=at(2))
        assert (await stores.jobs.get(A)).state is JobState.CANCELLED
        assert await claim(stores) is None

    async def test_a_job_that_runs_is_asked_to_end_and_is_then_cancelled(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        await claim(stores)
        assert await stores.jobs.cancel(A, at=at(2))
        assert (await stores.jobs.get(A)).state is JobState.RUNNING
        assert not await stores.jobs.advance(A, worker="w1", done=1, total=2, at=at(3))
        assert await stores.jobs.fail(A, worker="w1", failure=BROKEN, at=at(3))
        found = await stores.jobs.get(A)
        assert (found.state, found.failure) == (JobState.CANCELLED, None)

    async def test_what_was_done_before_it_could_be_cancelled_has_succeeded(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        await claim(stores)
        await stores.jobs.cancel(A, at=at(2))
        assert await stores.jobs.finish(A, worker="w1", result={}, at=at(3))
        assert (await stores.jobs.get(A)).state is JobState.SUCCEEDED

    async def test_a_job_that_was_given_back_waits_as_before(self, stores: Stores) -> None:
        await stores.jobs.add(job())
        assert not await stores.jobs.release(A, worker="w1", at=at(1))
        await claim(stores)
        await stores.jobs.advance(A, worker="w1", done=4, total=9, at=at(2))
        assert await stores.jobs.release(A, worker="w1", at=at(3))
        assert await stores.jobs.get(A) == replace(job(), done=4, total=9, updated_at=at(3))
        taken = await claim(stores, "w2", minute=4)
        assert taken is not None
        assert taken.attempt == 1

    async def test_the_list_is_newest_first_in_pages_and_of_a_kind(self, stores: Stores) -> None:
        for one, kind in ((B, JobKind.TRAIN), (C, JobKind.COMPARE), (A, JobKind.TRAIN)):
            await stores.jobs.add(job(one, kind=kind))
        pages = await all_pages(lambda cursor: stores.jobs.list(after=cursor, limit=2))
        assert [[one.id for one in page] for page in pages] == [[A, C], [B]]
        pages = await all_pages(lambda cursor: stores.jobs.list(kind=JobKind.TRAIN, after=cursor, limit=1))
        assert [[one.id for one in page] for page in pages] == [[A], [B]]

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError):
            await stores.jobs.list(after=cursor)

    async def test_odd_text_comes_back_and_broken_text_is_refused(self, stores: Stores) -> None:
        odd = replace(job(JobId(ODD)), by=ODD, order={ODD: ODD})
        assert await stores.jobs.add(odd)
        assert await stores.jobs.get(JobId(ODD)) == odd
        with pytest.raises(InputError):
            await stores.jobs.add(replace(job(), order={"x": HALF_PAIR}))
