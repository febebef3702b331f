import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import SHOP, mailbox
from postroom.actions.categories import CategoryForm, add_category
from postroom.actions.decide import approve, claim, edit, reject, release, release_of_anybody, undo
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.execution import ExecutionStatus
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict


@pytest.fixture(autouse=True)
async def shop(stores: Stores) -> None:
    """The mailbox that all mails of these tests came to."""
    await stores.mailboxes.add(mailbox(SHOP))


async def test_approving_a_draft_decides_with_its_text(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    decided = await approve(desk, review.id, reason="fits")
    assert decided.status is ReviewStatus.DECIDED
    assert decided.decision is not None
    assert (decided.decision.verdict, decided.decision.text) == (Verdict.APPROVE, "Dear Ann")
    assert (decided.decision.by, decided.decision.reason) == ("ann", "fits")


async def test_a_draft_without_passages_cannot_be_approved(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(articles=()))
    with pytest.raises(ConflictError, match="no draft"):
        await approve(desk, review.id)
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.OPEN


async def test_editing_decides_with_the_new_text(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(articles=()))
    decided = await edit(desk, review.id, text="Dear Ann, it is on its way.")
    assert decided.decision is not None
    assert (decided.decision.verdict, decided.decision.text) == (Verdict.EDIT, "Dear Ann, it is on its way.")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001, "Dear Ann,\n\n[ … ]\n\nBye"])
async def test_an_edit_needs_a_whole_text_of_bounded_length(desk: Desk, post_review: PostReview, text: str) -> None:
    review = await post_review(Case())
    with pytest.raises(InputError):
        await edit(desk, review.id, text=text)


@pytest.mark.parametrize("case", [Case(automatic="auto_submitted"), Case(without_sender=True)])
async def test_mail_that_cannot_be_answered_can_only_be_rejected(
    desk: Desk, post_review: PostReview, case: Case
) -> None:
    review = await post_review(case)
    with pytest.raises(ConflictError):
        await approve(desk, review.id)
    with pytest.raises(ConflictError):
        await edit(desk, review.id, text="Hello")
    assert (await reject(desk, review.id)).status is ReviewStatus.DECIDED


@pytest.mark.parametrize("kind", [ReviewKind.FAILURE, ReviewKind.UNCERTAIN_SEND])
async def test_there_is_nothing_to_edit_in_other_kinds(desk: Desk, post_review: PostReview, kind: ReviewKind) -> None:
    status = ExecutionStatus.FAILED if kind is ReviewKind.FAILURE else ExecutionStatus.WAITING
    review = await post_review(Case(kind=kind, status=status))
    with pytest.raises(ConflictError, match="no text to edit"):
        await edit(desk, review.id, text="Hello")
    decided = await approve(desk, review.id)
    assert decided.decision is not None
    assert decided.decision.text == ""


async def test_a_review_is_decided_once(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await reject(desk, review.id)
    for again in (approve(desk, review.id), reject(desk, review.id), claim(desk, review.id)):
        with pytest.raises(ConflictError, match="decided already"):
            await again


async def test_what_a_person_answered_elsewhere_cannot_be_decided_any_more(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await claim(desk, review.id)
    elsewhere = Decision(verdict=Verdict.ANSWERED_ELSEWHERE, by="mailbox", at=desk.clock.now())
    assert await desk.stores.reviews.decide(review.id, elsewhere)
    for late in (
        approve(desk, review.id),
        edit(desk, review.id, text="Hello"),
        reject(desk, review.id),
        claim(desk, review.id),
    ):
        with pytest.raises(ConflictError, match="answered with another program"):
            await late
    assert (await desk.stores.reviews.get(review.id)).decision == elsewhere


async def test_what_another_has_claimed_is_theirs(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    assert (await claim(desk, review.id)).claimed_by == "ann"
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    with pytest.raises(ConflictError, match="claimed by 'ann'"):
        await approve(bob, review.id)
    assert (await approve(desk, review.id)).status is ReviewStatus.DECIDED


async def test_nothing_can_be_decided_for_a_cancelled_execution(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(status=ExecutionStatus.CANCELLED))
    with pytest.raises(ConflictError, match="is cancelled"):
        await approve(desk, review.id)


async def test_a_failure_that_failed_no_more_cannot_be_tried_again(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(kind=ReviewKind.FAILURE, status=ExecutionStatus.SUCCEEDED))
    with pytest.raises(ConflictError, match="is succeeded"):
        await approve(desk, review.id)


async def test_an_unknown_review_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        await reject(desk, ReviewId("nothing"))


@pytest.mark.parametrize("kind", [ReviewKind.DRAFT, ReviewKind.UNCERTAIN_SEND])
async def test_what_came_to_a_mailbox_that_is_gone_can_only_be_rejected(
    desk: Desk, post_review: PostReview, kind: ReviewKind
) -> None:
    review = await post_review(Case(kind=kind))
    await desk.stores.mailboxes.remove(SHOP)
    with pytest.raises(ConflictError, match="The mailbox 'shop' of the review") as caught:
        await approve(desk, review.id)
    assert "add a mailbox of the name 'shop'" in caught.value.hint
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.OPEN
    assert (await reject(desk, review.id)).status is ReviewStatus.DECIDED


async def test_a_reply_cannot_be_written_for_a_mailbox_that_is_gone(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await desk.stores.mailboxes.remove(SHOP)
    with pytest.raises(ConflictError, match="is gone"):
        await edit(desk, review.id, text="Dear Ann")


async def test_a_decision_without_patience_is_final_at_once(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    decided = await reject(desk, review.id)
    assert decided.decision is not None
    assert decided.decision.not_before is None
    with pytest.raises(ConflictError, match="too late"):
        await undo(desk, review.id)


async def test_a_decision_is_undone_while_there_is_patience_and_its_author_holds_the_review(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(Case())
    decided = await reject(desk, review.id, reason="no", category="refund", patience_seconds=10)
    assert decided.decision is not None
    assert decided.decision.not_before == desk.clock.now() + timedelta(seconds=10)
    assert decided.decision.category == "refund"
    undone = await undo(desk, review.id)
    assert (undone.status, undone.claimed_by, undone.decision) == (ReviewStatus.CLAIMED, "ann", None)
    with pytest.raises(ConflictError, match="is not decided"):
        await undo(desk, review.id)
    assert (await approve(desk, review.id, patience_seconds=10)).status is ReviewStatus.DECIDED


async def test_only_who_decided_can_undo(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await approve(desk, review.id, patience_seconds=10)
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    with pytest.raises(ConflictError, match="decided by 'ann'"):
        await undo(bob, review.id)
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.DECIDED


async def test_what_the_engine_has_begun_to_carry_out_cannot_be_undone(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await edit(desk, review.id, text="Dear Ann, no.", patience_seconds=10)
    assert await desk.stores.reviews.finalise(review.id, at=desk.clock.now() + timedelta(seconds=10))
    with pytest.raises(ConflictError, match="too late"):
        await undo(desk, review.id)
    await desk.stores.reviews.close(review.id)
    with pytest.raises(ConflictError, match="too late"):
        await undo(desk, review.id)


async def test_an_answer_given_elsewhere_is_no_decision_to_undo(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    elsewhere = Decision(verdict=Verdict.ANSWERED_ELSEWHERE, by="ann", at=desk.clock.now())
    assert await desk.stores.reviews.decide(review.id, elsewhere)
    with pytest.raises(ConflictError, match="answered with another program"):
        await undo(desk, review.id)


async def test_a_claimed_review_is_given_back_by_who_holds_it(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    with pytest.raises(ConflictError, match="not claimed by you"):
        await release(desk, review.id)
    await claim(desk, review.id)
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    with pytest.raises(ConflictError, match="claimed by 'ann'"):
        await release(bob, review.id)
    opened = await release(desk, review.id)
    assert (opened.status, opened.claimed_by) == (ReviewStatus.OPEN, None)
    assert (await claim(bob, review.id)).claimed_by == "bob"


async def test_who_answers_for_the_team_gives_back_what_anybody_holds(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    boss = Desk(stores=desk.stores, clock=desk.clock, by="boss")
    with pytest.raises(ConflictError, match="not claimed"):
        await release_of_anybody(boss, review.id)
    await claim(desk, review.id)
    opened = await release_of_anybody(boss, review.id)
    assert (opened.status, opened.claimed_by) == (ReviewStatus.OPEN, None)
    await approve(desk, review.id)
    with pytest.raises(ConflictError, match="approve by 'ann'"):
        await release_of_anybody(boss, review.id)


async def test_of_two_at_once_only_one_decides(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    outcomes = await asyncio.gather(approve(desk, review.id), reject(bob, review.id), return_exceptions=True)
    (lost,) = [one for one in outcomes if isinstance(one, ConflictError)]
    decision = (await desk.stores.reviews.get(review.id)).decision
    assert decision is not None
    assert f"by {decision.by!r}" in lost.message


@pytest.mark.parametrize("act", [approve, reject])
async def test_whoever_decides_may_correct_the_category(
    desk: Desk, post_review: PostReview, act: Callable[..., Awaitable[Review]]
) -> None:
    review = await post_review(Case())
    decided = await act(desk, review.id, category=" refund ")
    assert decided.decision is not None
    assert decided.decision.category == "refund"


async def test_an_edit_may_correct_the_category_and_an_empty_one_is_none(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    with pytest.raises(InputError):
        await edit(desk, review.id, text="Dear Ann", category="x" * 101)
    decided = await edit(desk, review.id, text="Dear Ann", category="  ")
    assert decided.decision is not None
    assert decided.decision.category is None


async def test_where_people_keep_categories_no_other_is_taken(desk: Desk, post_review: PostReview) -> None:
    for name in ("refund", "delivery"):
        await add_category(desk, name, CategoryForm())
    review = await post_review(Case())
    with pytest.raises(InputError, match="did you mean 'refund'") as caught:
        await approve(desk, review.id, category="refunds")
    assert "delivery, refund" in caught.value.hint
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.OPEN
    decided = await approve(desk, review.id, category="delivery")
    assert decided.decision is not None
    assert decided.decision.category == "delivery"
