"""The end of an audit: what it learns from, and for which mailbox."""

from dataclasses import replace
from pathlib import Path

from nodes.stage import DRAFT, classified, decided, open_stage
from postroom.learning.audit import conclude_audit
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionStatus, Outcome, Progress
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus, Verdict
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
