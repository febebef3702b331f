"""What every implementation of `Reviews` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import answering, arrival, at, decision, message_id, review
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId
from postroom.model.execution import ExecutionId
from postroom.model.review import AUDIT_RANK, ReviewId, ReviewKind, ReviewStatus, Verdict

OPEN, CLAIMED = ReviewStatus.OPEN, ReviewStatus.CLAIMED
DECIDED, CLOSED = ReviewStatus.DECIDED, ReviewStatus.CLOSED


class ReviewsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_a_review_is_added_once(self, stores: Stores) -> None:
        first = replace(review("r1"), reminded_at=at(4), told=("x1/send", "x2/send"))
        assert await stores.reviews.add(first)
        assert not await stores.reviews.add(replace(first, reason="other"))
        assert await stores.reviews.get(first.id) == first
        with pytest.raises(NotFoundError) as caught:
            await stores.reviews.get(ReviewId("none"))
        assert caught.value.hint

    async def test_the_queue_goes_by_rank_then_age_over_all_statuses(self, stores: Stores) -> None:
        queue = [("a", 2, 1), ("b", 0, 9), ("c", 1, 5), ("d", 1, 3), ("e", 0, 2), ("f", 2, 0)]
        for name, rank, minute in queue:
            await stores.reviews.add(review(name, rank=rank, minute=minute))
        await stores.reviews.claim(ReviewId("d"), by="kim")
        await stores.reviews.close(ReviewId("a"))
        pages, after = [], None
        for _ in range(3):
            page = await stores.reviews.list(statuses=[OPEN, CLAIMED, OPEN], after=after, limit=2)
            pages.append([found.id for found in page.rows])
            after = page.next_cursor
        assert pages == [["e", "b"], ["d", "c"], ["f"]]
        assert after is None
        assert await stores.reviews.count() == {OPEN: 4, CLAIMED: 1, CLOSED: 1}
        assert (await stores.reviews.list(statuses=[])).rows == ()

    async def test_pages_of_some_kinds_are_full(self, stores: Stores) -> None:
        for number in range(9):
            kind = ReviewKind.FAILURE if number % 3 == 0 else ReviewKind.DRAFT
            await stores.reviews.add(replace(review(f"r{number}", minute=number), kind=kind))
        first = await stores.reviews.list(statuses=[OPEN], kinds=[ReviewKind.FAILURE], limit=2)
        rest = await stores.reviews.list(statuses=[OPEN], kinds=[ReviewKind.FAILURE], after=first.next_cursor, limit=2)
        assert [found.id for found in first.rows] == ["r0", "r3"]
        assert [found.id for found in rest.rows] == ["r6"]
        assert rest.next_cursor is None
        both = await stores.reviews.list(statuses=[OPEN], kinds=[ReviewKind.FAILURE, ReviewKind.DRAFT], limit=9)
        assert len(both.rows) == 9
        assert (await stores.reviews.list(statuses=[OPEN], kinds=[ReviewKind.UNCERTAIN_SEND])).rows == ()

    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.reviews.list(statuses=[OPEN], after="7")

    async def test_reviews_of_an_execution_come_oldest_first(self, stores: Stores) -> None:
        for name, minute, of in (("a", 3, "x1"), ("b", 1, "x1"), ("c", 2, "x2")):
            await stores.reviews.add(review(name, minute=minute, execution_id=of))
        assert [found.id for found in await stores.reviews.of_execution(ExecutionId("x1"))] == ["b", "a"]

    async def test_audits_are_neither_in_hand_nor_reminded_of(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        conversation = (await stores.emails.get(mail.email_id)).conversation_id
        for name, kind in (("draft", ReviewKind.DRAFT), ("audit", ReviewKind.AUDIT)):
            made = replace(review(name, rank=0, execution_id=mail.execution_id), email_id=mail.email_id, kind=kind)
            await stores.reviews.add(made)
        assert [one.id for one in await stores.reviews.undecided_in(conversation)] == ["draft"]
        assert [one.id for one in await stores.reviews.to_remind(before=at(9))] == ["draft"]
        await stores.reviews.add(replace(review("last", rank=AUDIT_RANK), kind=ReviewKind.AUDIT))
        assert (await stores.figures.backlog()).undecided == 2
        audits = await stores.reviews.list(statuses=[OPEN], kinds=[ReviewKind.AUDIT])
        assert [one.id for one in audits.rows] == ["audit", "last"]

    async def test_one_person_claims(self, stores: Stores) -> None:
        await stores.reviews.add(review("r1"))
        name = ReviewId("r1")
        assert await stores.reviews.claim(name, by="kim")
        assert await stores.reviews.claim(name, by="kim")
        assert not await stores.reviews.claim(name, by="lee")
        found = await stores.reviews.get(name)
        assert (found.status, found.claimed_by) == (CLAIMED, "kim")
        assert not await stores.reviews.claim(ReviewId("none"), by="kim")

    async def test_a_claimed_review_is_decided_by_its_holder_only(self, stores: Stores) -> None:
        await stores.reviews.add(review("r1"))
        name = ReviewId("r1")
        await stores.reviews.claim(name, by="kim")
        assert not await stores.reviews.decide(name, decision("lee"))
        made = replace(decision("kim", verdict=Verdict.EDIT), category="refund", reason="clearer")
        assert await stores.reviews.decide(name, made)
        assert not await stores.reviews.decide(name, decision("kim"))
        assert not await stores.reviews.claim(name, by="kim")
        found = await stores.reviews.get(name)
        assert (found.status, found.decision) == (DECIDED, made)

    async def test_of_many_decisions_at_once_one_is_made(self, stores: Stores) -> None:
        await stores.reviews.add(review("r1"))
        names = [f"person {number}" for number in range(20)]
        made = await asyncio.gather(*(stores.reviews.decide(ReviewId("r1"), decision(name)) for name in names))
        assert sum(made) == 1
        found = await stores.reviews.get(ReviewId("r1"))
        assert found.decision == decision(names[made.index(True)])

    async def test_decided_reviews_are_listed_until_they_are_closed(self, stores: Stores) -> None:
        for name, minute in (("a", 3), ("b", 1), ("c", 2)):
            await stores.reviews.add(review(name, minute=minute))
        for name in ("a", "b"):
            await stores.reviews.decide(ReviewId(name), decision("kim"))
        assert [found.id for found in await stores.reviews.decided(at=at(9))] == ["b", "a"]
        assert [found.id for found in await stores.reviews.decided(at=at(9), limit=1)] == ["b"]
        await stores.reviews.close(ReviewId("b"))
        await stores.reviews.close(ReviewId("b"))
        assert [found.id for found in await stores.reviews.decided(at=at(9))] == ["a"]
        assert not await stores.reviews.decide(ReviewId("b"), decision("kim"))

    async def test_only_what_nobody_has_decided_is_closed_by_compare_and_set(self, stores: Stores) -> None:
        for name in ("open", "claimed", "decided", "resting"):
            await stores.reviews.add(review(name))
        await stores.reviews.claim(ReviewId("claimed"), by="kim")
        await stores.reviews.decide(ReviewId("decided"), decision("kim"))
        await stores.reviews.decide(ReviewId("resting"), replace(decision("kim"), not_before=at(9)))
        for name in ("open", "claimed"):
            assert await stores.reviews.close_undecided(ReviewId(name))
            assert (await stores.reviews.get(ReviewId(name))).status is CLOSED
            assert not await stores.reviews.close_undecided(ReviewId(name))
        for name in ("decided", "resting"):
            assert not await stores.reviews.close_undecided(ReviewId(name))
            assert (await stores.reviews.get(ReviewId(name))).status is DECIDED
        assert not await stores.reviews.close_undecided(ReviewId("none"))

    async def test_urgent_reviews_that_nobody_took_are_to_be_reminded_of(self, stores: Stores) -> None:
        await stores.reviews.add(review("old", rank=0, minute=1))
        await stores.reviews.add(review("told", rank=0, minute=2))
        await stores.reviews.add(review("taken", rank=0, minute=2))
        await stores.reviews.add(review("calm", rank=1, minute=1))
        await stores.reviews.add(review("new", rank=0, minute=9))
        await stores.reviews.claim(ReviewId("taken"), by="kim")
        await stores.reviews.reminded(ReviewId("told"), at=at(6))
        assert [found.id for found in await stores.reviews.to_remind(before=at(5))] == ["old"]
        assert [found.id for found in await stores.reviews.to_remind(before=at(7))] == ["old", "told"]
        assert [found.id for found in await stores.reviews.to_remind(before=at(7), limit=1)] == ["old"]
        assert (await stores.reviews.get(ReviewId("told"))).reminded_at == at(6)

    async def test_the_undecided_reviews_of_a_conversation_come_oldest_first(self, stores: Stores) -> None:
        first, other = arrival(1), arrival(3)
        second = answering(arrival(2), message_id(first))
        await stores.ledger.accept([first, second, other])
        about = (("a", 4, first), ("b", 1, second), ("c", 2, other), ("d", 3, first), ("e", 5, second), ("f", 6, first))
        for name, minute, mail in about:
            await stores.reviews.add(replace(review(name, minute=minute), email_id=mail.email_id))
        await stores.reviews.claim(ReviewId("b"), by="kim")
        await stores.reviews.decide(ReviewId("d"), decision("kim"))
        await stores.reviews.close(ReviewId("e"))
        conversation_id = (await stores.emails.get(first.email_id)).conversation_id
        found = await stores.reviews.undecided_in(conversation_id)
        assert [(one.id, one.status) for one in found] == [("b", CLAIMED), ("a", OPEN), ("f", OPEN)]
        assert await stores.reviews.undecided_in(ConversationId("none")) == ()

    @pytest.mark.parametrize("claimed_by", [None, "kim", "lee"])
    async def test_an_answer_elsewhere_is_noted_whoever_has_claimed_it(
        self, stores: Stores, claimed_by: str | None
    ) -> None:
        name = ReviewId("r1")
        await stores.reviews.add(review("r1"))
        if claimed_by is not None:
            assert await stores.reviews.claim(name, by=claimed_by)
        noted = decision("lee", verdict=Verdict.ANSWERED_ELSEWHERE)
        assert await stores.reviews.decide(name, noted)
        assert not await stores.reviews.decide(name, noted)
        assert not await stores.reviews.decide(name, decision("kim"))
        found = await stores.reviews.get(name)
        assert (found.status, found.decision, found.claimed_by) == (DECIDED, noted, claimed_by)

    async def test_an_answer_elsewhere_does_not_undo_a_decision(self, stores: Stores) -> None:
        for name in ("decided", "closed"):
            await stores.reviews.add(review(name))
        await stores.reviews.decide(ReviewId("decided"), decision("kim"))
        await stores.reviews.close(ReviewId("closed"))
        noted = decision("lee", verdict=Verdict.ANSWERED_ELSEWHERE)
        for name in ("decided", "closed", "none"):
            assert not await stores.reviews.decide(ReviewId(name), noted)
        assert (await stores.reviews.get(ReviewId("decided"))).decision == decision("kim")
