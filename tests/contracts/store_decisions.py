"""What every implementation of `Reviews` does with decisions that can be taken back."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import arrival, at, decision, review
from postroom.interfaces.stores import Stores
from postroom.model.review import Decision, Review, ReviewId, ReviewStatus, Verdict

OPEN, CLAIMED = ReviewStatus.OPEN, ReviewStatus.CLAIMED
DECIDED, CLOSED = ReviewStatus.DECIDED, ReviewStatus.CLOSED
NAME = ReviewId("r1")


def until(minute: int, by: str = "kim") -> Decision:
    """Return a decision that can be taken back until then."""
    return replace(decision(by), not_before=at(minute))


async def decided(stores: Stores, made: Decision, name: ReviewId = NAME) -> Review:
    """Return a new review with a decision."""
    await stores.reviews.add(review(name))
    assert await stores.reviews.decide(name, made)
    return await stores.reviews.get(name)


async def names_of(stores: Stores, minute: int) -> list[str]:
    """Return which reviews are to be carried out then."""
    return [one.id for one in await stores.reviews.decided(at=at(minute))]


class DecisionsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_who_claimed_a_review_releases_it(self, stores: Stores) -> None:
        await stores.reviews.add(review("r1"))
        assert not await stores.reviews.release(NAME, by="kim")
        await stores.reviews.claim(NAME, by="kim")
        assert not await stores.reviews.release(NAME, by="lee")
        assert await stores.reviews.release(NAME, by="kim")
        assert await stores.reviews.get(NAME) == review("r1")
        assert await stores.reviews.claim(NAME, by="lee")

    @pytest.mark.parametrize("name", ["r1", "none"])
    async def test_what_is_decided_or_is_not_there_cannot_be_released(self, stores: Stores, name: str) -> None:
        await stores.reviews.add(review("r1"))
        await stores.reviews.claim(NAME, by="kim")
        await stores.reviews.decide(NAME, until(20))
        assert not await stores.reviews.release(ReviewId(name), by="kim")
        assert (await stores.reviews.get(NAME)).decision == until(20)

    async def test_a_decision_is_to_be_carried_out_when_it_is_due(self, stores: Stores) -> None:
        await decided(stores, until(12))
        await decided(stores, decision("kim"), ReviewId("r2"))
        assert [await names_of(stores, minute) for minute in (11, 12, 13)] == [["r2"], ["r1", "r2"], ["r1", "r2"]]

    async def test_many_that_are_not_due_hold_up_none_that_is(self, stores: Stores) -> None:
        for number in range(5):
            await decided(stores, until(30), ReviewId(f"a{number}"))
        await decided(stores, until(10), ReviewId("b"))
        assert [one.id for one in await stores.reviews.decided(at=at(10), limit=1)] == ["b"]

    async def test_a_decision_is_taken_back_by_who_made_it(self, stores: Stores) -> None:
        made = await decided(stores, until(12))
        assert (made.decision, made.final_decision) == (until(12), None)
        assert not await stores.reviews.undo(NAME, by="lee")
        assert await stores.reviews.undo(NAME, by="kim")
        assert not await stores.reviews.undo(NAME, by="kim")
        assert await stores.reviews.get(NAME) == replace(review("r1"), status=CLAIMED, claimed_by="kim")
        assert await names_of(stores, 99) == []
        assert not await stores.reviews.finalise(NAME, at=at(99))
        # It can be decided anew, and by nobody else.
        assert not await stores.reviews.decide(NAME, decision("lee"))
        assert await stores.reviews.decide(NAME, decision("kim"))

    @pytest.mark.parametrize("status", [OPEN, CLAIMED, CLOSED])
    async def test_what_is_not_decided_cannot_be_taken_back_or_made_final(
        self, stores: Stores, status: ReviewStatus
    ) -> None:
        await stores.reviews.add(review("r1"))
        if status is CLAIMED:
            await stores.reviews.claim(NAME, by="kim")
        if status is CLOSED:
            await stores.reviews.decide(NAME, until(12))
            await stores.reviews.close(NAME)
        for name in (NAME, ReviewId("none")):
            assert not await stores.reviews.undo(name, by="kim")
            assert not await stores.reviews.finalise(name, at=at(99))
        assert (await stores.reviews.get(NAME)).status is status

    async def test_a_final_decision_stays(self, stores: Stores) -> None:
        await decided(stores, until(12))
        assert not await stores.reviews.finalise(NAME, at=at(11))
        assert await stores.reviews.finalise(NAME, at=at(12))
        assert await stores.reviews.finalise(NAME, at=at(0))
        assert not await stores.reviews.undo(NAME, by="kim")
        found = await stores.reviews.get(NAME)
        assert (found.status, found.decision, found.final_decision) == (DECIDED, decision("kim"), decision("kim"))
        assert await names_of(stores, 0) == ["r1"]

    async def test_a_decision_without_a_time_is_final_at_once(self, stores: Stores) -> None:
        await decided(stores, decision("kim"))
        assert not await stores.reviews.undo(NAME, by="kim")
        assert await stores.reviews.finalise(NAME, at=at(0))

    async def test_what_was_taken_back_and_made_anew_is_due_by_its_own_time(self, stores: Stores) -> None:
        await decided(stores, until(12))
        (seen,) = await stores.reviews.decided(at=at(12))
        await stores.reviews.undo(NAME, by="kim")
        await stores.reviews.decide(NAME, replace(until(15), text="other words"))
        assert not await stores.reviews.finalise(seen.id, at=at(12))
        assert await names_of(stores, 14) == []
        assert await stores.reviews.undo(NAME, by="kim")

    async def test_an_answer_elsewhere_does_not_overwrite_what_can_be_taken_back(self, stores: Stores) -> None:
        await decided(stores, until(12))
        noted = decision("mailbox", verdict=Verdict.ANSWERED_ELSEWHERE)
        assert not await stores.reviews.decide(NAME, noted)
        assert (await stores.reviews.get(NAME)).decision == until(12)
        await stores.reviews.undo(NAME, by="kim")
        assert await stores.reviews.decide(NAME, noted)
        for by in ("kim", "mailbox"):
            assert not await stores.reviews.undo(NAME, by=by)
        found = await stores.reviews.get(NAME)
        assert (found.final_decision, found.claimed_by) == (noted, "kim")

    async def test_of_undoing_and_finalising_at_once_one_succeeds(self, stores: Stores) -> None:
        for number in range(20):
            name = ReviewId(f"r{number}")
            await decided(stores, until(12), name)
            acts = [stores.reviews.undo(name, by="kim"), stores.reviews.finalise(name, at=at(12))]
            done = await asyncio.gather(*(acts if number % 2 else reversed(acts)))
            assert sorted(done) == [False, True]

    async def test_a_question_whose_answer_can_be_taken_back_is_still_asked(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        await stores.reviews.add(replace(review("r1"), email_id=mail.email_id))
        await stores.reviews.decide(NAME, until(12))
        conversation_id = (await stores.emails.get(mail.email_id)).conversation_id
        assert [one.id for one in await stores.reviews.undecided_in(conversation_id)] == ["r1"]
        await stores.reviews.finalise(NAME, at=at(12))
        assert await stores.reviews.undecided_in(conversation_id) == ()
