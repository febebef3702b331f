"""Human review: one question, its rank and reason, and what follows from the decision."""

import pytest

from nodes.stage import DRAFT, Stage, classified, decided, raw_email, take_in
from postroom.model.execution import ExecutionId
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
        "Only a person may answer: it is encrypted."
    )


async def test_a_rule_that_speaks_against_a_reply_is_named_in_place_of_a_doubt(stage: Stage) -> None:
    unsure = ((NodeId("responder"), "unsure"),)
    for changes, reason in (
        (stage.in_mode(Mode.REVIEW), "In this mailbox a person approves every reply."),
        (stage.with_mailbox(pilot_addresses=("bob@example.org",)), "only pilot addresses"),
        (stage.with_mailbox(mode=Mode.REVIEW, stopped="too many"), "automation has stopped: too many"),
    ):
        found = await stage.play("human_review", reached_by=unsure, dry_run=True, **changes)
        assert reason in found.note
        assert "No article" not in found.note


async def test_the_reviewer_learns_of_other_questions_and_of_bounces(stage: Stage) -> None:
    await stage.suppress("ADA@example.org")
    first = await stage.play("human_review")
    assert "has bounced" in first.note
    again = await stage.play("human_review")
    assert "Another question" not in again.note
    await take_in(stage.stores, raw_email(2, head="In-Reply-To: <1@example.org>\n", body="And another thing."))
    (second,) = [each for each in (await stage.stores.emails.list()).rows if each.id != stage.context.stored.id]
    other = await stage.play("human_review", execution_id=ExecutionId("other"), stored=second)
    assert "Another question about this conversation" in other.note


async def test_mail_that_is_kept_from_machines_comes_without_a_draft(stage: Stage) -> None:
    never = stage.with_email(cautions=("never_automate",))
    await stage.play("human_review", classification=classified(), **never)
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.draft, stage.model.signatures) == (None, [])
    assert "a list of this mailbox keeps it from machines" in review.reason


@pytest.mark.parametrize(("priority", "rank"), [("urgent", 0), ("high", 1), ("normal", 1), ("low", 1)])
async def test_mail_that_is_always_for_a_person_comes_early(stage: Stage, priority: str, rank: int) -> None:
    always = stage.with_email(cautions=("always_person",))
    await stage.play("human_review", classification=classified(priority=priority), **always)
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.rank, stage.model.signatures) == (rank, ["Support"])


async def test_answered_elsewhere_counts_as_rejected(stage: Stage) -> None:
    found = await stage.play("human_review", decided_here=decided(Verdict.ANSWERED_ELSEWHERE))
    assert (found.output, found.note) == ("rejected", "answered elsewhere")


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
