"""The end of an audit: what it learns from, and for which mailbox."""

from dataclasses import replace
from pathlib import Path

import pytest

from nodes.stage import DRAFT, Stage, classified, decided, open_stage
from postroom.engine.control import Control
from postroom.interfaces.clock import SystemClock
from postroom.learning.audit import conclude_audit, conclude_draft
from postroom.model.control import Request, Wish
from postroom.model.draft import Draft
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionStatus, Outcome, Progress
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import NodeId


async def test_it_learns_from_the_labels_and_the_mailbox_that_the_execution_went_by(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        (queued,) = await stage.stores.executions.queued(limit=1)
        first = Outcome(output="a", classification=replace(classified(), classifier="early@1"))
        last = Outcome(output="b", classification=classified(category="refund"))
        outcomes = {NodeId("a"): first, NodeId("b"): last, NodeId("c"): Outcome(output="c")}
        progress = Progress(outcomes=outcomes, attempts={}, decisions={})
        ended = replace(queued, mailbox_id=MailboxId("second"), status=ExecutionStatus.SUCCEEDED, progress=progress)
        assert await stage.stores.executions.settle(ended, ())
        review = Review(
            id=ReviewId("audit"),
            kind=ReviewKind.AUDIT,
            execution_id=queued.id,
            node_id="log",
            email_id=queued.email_id,
            rank=4,
            reason="",
            draft=DRAFT,
            status=ReviewStatus.OPEN,
            created_at=queued.created_at,
        )
        await stage.stores.reviews.add(review)
        # Before anybody decided nothing happens.
        await conclude_audit(stage.stores, review.id)
        assert (await stage.stores.reviews.get(review.id)).status is ReviewStatus.OPEN
        await stage.decide("audit", decided(Verdict.APPROVE, text=""))
        await conclude_audit(stage.stores, review.id)
        (example,) = (await stage.stores.examples.list()).rows
        (judgement,) = await stage.stores.judgements.of_model("fixed@1")
        stored = await stage.stores.executions.get(queued.id)
        assert (example.category, example.mailbox_id) == ("refund", stored.mailbox_id)
        assert (judgement.category, judgement.automatic, judgement.right) == ("refund", True, True)
        assert await stage.stores.judgements.of_model("early@1") == ()


async def waiting(stage: Stage, draft: Draft, *, decision: Decision | None = None, name: str = "") -> Review:
    """Return the question about a draft that the execution of the stage waits for."""
    (queued,) = await stage.stores.executions.queued(limit=1)
    outcomes = {
        NodeId("a"): Outcome(output="a", classification=classified()),
        NodeId("human_review"): Outcome(output="approved", waiting_for="review"),
    }
    if decision is not None:
        outcomes[NodeId("b")] = Outcome(output="approved", decision=decision)
    progress = Progress(outcomes=outcomes, attempts={}, decisions={})
    assert await stage.stores.executions.settle(replace(queued, status=ExecutionStatus.WAITING, progress=progress), ())
    review = Review(
        id=ReviewId(f"{queued.id}/human_review{name}"),
        kind=ReviewKind.DRAFT,
        execution_id=queued.id,
        node_id="human_review",
        email_id=queued.email_id,
        rank=2,
        reason="",
        draft=draft,
        status=ReviewStatus.OPEN,
        created_at=queued.created_at,
    )
    await stage.stores.reviews.add(review)
    return review


async def cancelled(stage: Stage) -> None:
    """Cancel the execution of the stage."""
    execution = await stage.stores.executions.get(stage.context.execution_id)
    wish = Request(execution_id=execution.id, wish=Wish.CANCEL, by="ann", at=execution.created_at)
    assert await Control(stage.stores, SystemClock()).fulfil(wish)


@pytest.mark.parametrize("carried_out", [False, True])
async def test_what_was_decided_is_kept_although_the_execution_is_cancelled_before_it_goes_on(
    tmp_path: Path, *, carried_out: bool
) -> None:
    async with open_stage(tmp_path) as stage:
        review = await waiting(stage, replace(DRAFT, all_seen=True))
        await stage.decide(review.id, decided(Verdict.REJECT, text=""))
        if carried_out:
            assert await Control(stage.stores, SystemClock()).carry_out(review.id)
            assert (await stage.stores.examples.list()).rows == ()
        for _ in range(2):
            await cancelled(stage)
        (example,) = (await stage.stores.examples.list()).rows
        (judgement,) = await stage.stores.judgements.of_model("fixed@1")
        assert (str(example.id), example.refused_ids) == (review.id, ("return_how",))
        assert (judgement.right, judgement.sampled, judgement.automatic) == (False, True, False)
        assert (await stage.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED


async def test_what_nobody_decided_teaches_nothing_when_it_is_cancelled(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await waiting(stage, DRAFT)
        await cancelled(stage)
        assert (await stage.stores.examples.list()).rows == ()


@pytest.mark.parametrize("drawn", [True, False])
async def test_of_what_not_everybody_was_shown_the_drawn_share_alone_counts(tmp_path: Path, *, drawn: bool) -> None:
    async with open_stage(tmp_path) as stage:
        review = await waiting(stage, DRAFT)
        await stage.decide(review.id, decided())
        stored = await stage.stores.reviews.get(review.id)
        await conclude_draft(stage.stores, stored, drawn=lambda _: drawn)
        (judgement,) = await stage.stores.judgements.of_model("fixed@1")
        assert judgement.sampled is drawn


@pytest.mark.parametrize("answered_for", [True, False])
async def test_a_draft_that_was_stopped_on_its_way_out_judges_nobody(tmp_path: Path, *, answered_for: bool) -> None:
    async with open_stage(tmp_path) as stage:
        review = await waiting(stage, DRAFT, decision=decided() if answered_for else None, name="/stale")
        await stage.decide(review.id, decided())
        await cancelled(stage)
        assert len((await stage.stores.examples.list()).rows) == (0 if answered_for else 1)
        assert await stage.stores.judgements.of_model("fixed@1") == ()
