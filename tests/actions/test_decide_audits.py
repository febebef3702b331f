"""Audits: a person judges what was sent; nothing follows but an example and a judgement, exactly once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.case import Case, PostReview
from clocks import SetClock
from contracts.store_nouns import at
from postroom.actions.decide import approve, claim, edit, reject, undo
from postroom.actions.desk import Desk
from postroom.engine.control import Control
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.learning.audit import conclude_audit
from postroom.model.classification import Classification, Label
from postroom.model.execution import ExecutionId, ExecutionStatus, Outcome, Progress
from postroom.model.judgement import Judgement
from postroom.model.review import Decision, Review, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import NodeId

AUDIT = Case(kind=ReviewKind.AUDIT, status=ExecutionStatus.RUNNING)
MODEL = "linear@1"


async def audited(stores: Stores, post_review: PostReview) -> Review:
    """Return an audit of an execution that has succeeded, with the labels it went by."""
    review = await post_review(AUDIT)
    await end(stores, review)
    return review


async def end(stores: Stores, review: Review) -> None:
    """Let the execution of a review succeed, with the labels it went by."""
    execution = await stores.executions.get(ExecutionId(review.execution_id))
    label = Label(name="delivery", probability=0.9)
    found = Classification(category=label, priority=label, sentiment=label, language=label, classifier=MODEL)
    classified = Outcome(output="classified", classification=found)
    outcomes = {NodeId("a"): classified, NodeId("z"): Outcome(output="logged")}
    progress = Progress(outcomes=outcomes, attempts={}, decisions={})
    ended = replace(execution, status=ExecutionStatus.SUCCEEDED, progress=progress)
    assert await stores.executions.settle(ended, ())


async def judged(stores: Stores) -> list[tuple[str, bool, bool]]:
    """Return the category of each example, and what the judgement of it says."""
    examples = (await stores.examples.list()).rows
    judgements: dict[str, Judgement] = {one.example_id: one for one in await stores.judgements.of_model(MODEL)}
    assert len(examples) == len(judgements)
    return [(one.category, judgements[one.id].right, judgements[one.id].automatic) for one in examples]


async def test_a_reply_that_was_right_is_settled_at_once(desk: Desk, post_review: PostReview) -> None:
    review = await audited(desk.stores, post_review)
    decided = await approve(desk, review.id)
    assert decided.status is ReviewStatus.CLOSED
    assert decided.decision is not None
    assert decided.decision.verdict is Verdict.APPROVE
    assert await judged(desk.stores) == [("delivery", True, True)]


async def test_a_reply_that_was_wrong_says_what_it_was_about(desk: Desk, post_review: PostReview) -> None:
    review = await audited(desk.stores, post_review)
    await reject(desk, review.id, category="complaint", reason="angry")
    assert await judged(desk.stores) == [("complaint", False, True)]


async def test_nothing_can_be_written_in_an_audit(desk: Desk, post_review: PostReview) -> None:
    review = await audited(desk.stores, post_review)
    with pytest.raises(ConflictError, match="a reply that is sent"):
        await edit(desk, review.id, text="Sorry!")
    assert await judged(desk.stores) == []


async def test_an_audit_is_decided_once_and_not_by_another_than_who_has_it(desk: Desk, post_review: PostReview) -> None:
    review = await audited(desk.stores, post_review)
    await claim(replace(desk, by="ben"), review.id)
    with pytest.raises(ConflictError, match="claimed by 'ben'"):
        await approve(desk, review.id)
    await approve(replace(desk, by="ben"), review.id)
    with pytest.raises(ConflictError, match="closed already"):
        await reject(replace(desk, by="ben"), review.id)
    assert await judged(desk.stores) == [("delivery", True, True)]


async def test_a_judgement_that_can_be_undone_teaches_nothing_before_it_is_final(
    desk: Desk, post_review: PostReview
) -> None:
    review = await audited(desk.stores, post_review)
    decided = await reject(desk, review.id, patience_seconds=10)
    assert decided.status is ReviewStatus.DECIDED
    assert await judged(desk.stores) == []
    await undo(desk, review.id)
    await approve(desk, review.id, patience_seconds=10)
    early, late = SetClock(at(5)), SetClock(at(5) + timedelta(seconds=10))
    assert not await Control(desk.stores, early).carry_out(review.id)
    assert await judged(desk.stores) == []
    assert await Control(desk.stores, late).carry_out(review.id)
    assert await judged(desk.stores) == [("delivery", True, True)]
    execution = await desk.stores.executions.get(ExecutionId(review.execution_id))
    assert execution.status is ExecutionStatus.SUCCEEDED


async def test_whoever_is_killed_between_decision_and_example_leaves_exactly_one(
    desk: Desk, post_review: PostReview
) -> None:
    review = await audited(desk.stores, post_review)
    # What a process leaves that was killed right after the decision.
    assert await desk.stores.reviews.decide(review.id, Decision(verdict=Verdict.REJECT, by="ann", at=at(5)))
    assert await judged(desk.stores) == []
    engine = Control(desk.stores, desk.clock)
    assert await engine.carry_out(review.id)
    assert await judged(desk.stores) == [("", False, True)]
    # One that was killed right before the review was closed is carried out once more.
    await conclude_audit(desk.stores, review.id)
    assert await judged(desk.stores) == [("", False, True)]


async def test_a_judgement_during_the_run_waits_until_the_run_has_told_its_labels(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(AUDIT)
    decided = await approve(desk, review.id)
    assert decided.status is ReviewStatus.DECIDED
    engine = Control(desk.stores, desk.clock)
    assert not await engine.carry_out(review.id)
    assert await judged(desk.stores) == []
    await end(desk.stores, review)
    assert await engine.carry_out(review.id)
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED
    assert await judged(desk.stores) == [("delivery", True, True)]


async def test_of_an_execution_that_is_gone_nothing_is_learned_and_the_audit_ends(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(AUDIT)
    lost = replace(review, id=type(review.id)("lost"), execution_id="ex_gone")
    await desk.stores.reviews.add(lost)
    await approve(desk, lost.id)
    assert (await desk.stores.reviews.get(lost.id)).status is ReviewStatus.CLOSED
    assert (await desk.stores.examples.list()).rows == ()


async def test_cancelling_leaves_the_question_about_what_was_sent_open(desk: Desk, post_review: PostReview) -> None:
    review = await audited(desk.stores, post_review)
    execution = await desk.stores.executions.get(ExecutionId(review.execution_id))
    await Control(desk.stores, desk.clock).clean_up(execution)
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.OPEN
