"""Human review: one question, its rank and reason, and what follows from the decision."""

import pytest

from nodes.stage import DRAFT, Stage, classified, decided
from postroom.model.mailbox import Mode
from postroom.model.review import ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import NodeId

URGENT = ((NodeId("router"), "urgent"),)


@pytest.mark.parametrize(("priority", "rank"), [("urgent", 0), ("high", 1), ("normal", 2), ("low", 3), ("odd", 2)])
async def test_the_priority_ranks_the_question(stage: Stage, priority: str, rank: int) -> None:
    found = await stage.play("human_review", classification=classified(priority=priority), reached_by=URGENT)
    assert (found.waiting_for, found.review_id) == ("review", f"{stage.context.execution_id}/human_review")
    review = await stage.stores.reviews.get(ReviewId(f"{stage.context.execution_id}/human_review"))
    assert (review.rank, review.kind, review.status) == (rank, ReviewKind.DRAFT, ReviewStatus.OPEN)
    assert (review.reason, review.draft) == ("The e-mail is urgent.", DRAFT)


async def test_run_again_it_asks_once(stage: Stage) -> None:
    for _ in range(2):
        await stage.play("human_review")
    assert len(await stage.stores.reviews.of_execution(stage.context.execution_id)) == 1


async def test_the_reasons_name_the_ways_it_came_and_the_cautions(stage: Stage) -> None:
    ways = (*URGENT, (NodeId("responder"), "unsure"), (NodeId("x"), "odd"))
    found = await stage.play("human_review", reached_by=ways, **stage.with_email(cautions=("encrypted",)))
    assert found.note == (
        "The e-mail is urgent. No article answers it surely enough. It came from x by 'odd'. "
        "Only a person may answer: encrypted."
    )


async def test_without_a_responder_there_is_no_draft(stage: Stage) -> None:
    await stage.play("human_review", {"responder": None}, classification=classified())
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.draft, review.rank) == (None, 2)


@pytest.mark.parametrize(
    ("verdict", "output"), [(Verdict.APPROVE, "approved"), (Verdict.EDIT, "approved"), (Verdict.REJECT, "rejected")]
)
async def test_the_decision_chooses_the_output_and_the_draft_that_was_shown_goes_on(
    stage: Stage, verdict: Verdict, output: str
) -> None:
    await stage.play("human_review", classification=classified())
    found = await stage.play("human_review", decided_here=decided(verdict), classification=classified())
    assert (found.output, found.waiting_for, found.decision) == (output, None, decided(verdict))
    assert found.draft == DRAFT


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_and_mode_observe_ask_nobody(stage: Stage, *, dry_run: bool) -> None:
    changes = {} if dry_run else stage.in_mode(Mode.OBSERVE)
    found = await stage.play("human_review", dry_run=dry_run, classification=classified(), **changes)
    assert (found.output, found.waiting_for, found.draft) == ("observed", None, DRAFT)
    assert await stage.stores.reviews.of_execution(stage.context.execution_id) == ()
