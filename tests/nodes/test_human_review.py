"""Human review: one question, its rank and reason, and what follows from the decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from assurances import FixedAssurance
from nodes.stage import DRAFT, Stage, classified, decided, raw_email, take_in
from postroom.errors import StoreError
from postroom.interfaces.stores.judgements import Judgements
from postroom.model.execution import ExecutionId
from postroom.model.judgement import Judgement
from postroom.model.mailbox import Mode
from postroom.model.review import ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import NodeId

URGENT = ((NodeId("router"), "urgent"),)
ITS_OWN = replace(DRAFT, eligible=False)


@pytest.mark.parametrize(("priority", "rank"), [("urgent", 0), ("high", 1), ("normal", 2), ("low", 3), ("odd", 2)])
async def test_the_priority_ranks_the_question(stage: Stage, priority: str, rank: int) -> None:
    found = await stage.play("human_review", classification=classified(priority=priority), reached_by=URGENT)
    assert (found.waiting_for, found.review_id) == ("review", f"{stage.context.execution_id}/human_review")
    review = await stage.stores.reviews.get(ReviewId(f"{stage.context.execution_id}/human_review"))
    assert (review.rank, review.kind, review.status) == (rank, ReviewKind.DRAFT, ReviewStatus.OPEN)
    assert (review.reason, review.draft) == ("The e-mail is urgent.", ITS_OWN)


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
    assert found.draft == ITS_OWN


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_and_mode_observe_ask_nobody(stage: Stage, *, dry_run: bool) -> None:
    changes = {} if dry_run else stage.in_mode(Mode.OBSERVE)
    found = await stage.play("human_review", dry_run=dry_run, classification=classified(), **changes)
    assert (found.output, found.waiting_for, found.draft) == ("observed", None, ITS_OWN)
    assert await stage.stores.reviews.of_execution(stage.context.execution_id) == ()


async def test_a_reviewer_learns_why_nothing_goes_out_by_itself_yet(stage: Stage) -> None:
    unsure = ((NodeId("responder"), "unsure"),)
    services = stage.with_services(assurance=FixedAssurance(threshold=None, doubt="90 more reviews are needed"))
    found = await stage.play("human_review", reached_by=unsure, classification=classified(), draft=DRAFT, **services)
    assert found.note == "No reply goes out by itself yet: 90 more reviews are needed."


async def judged(stage: Stage) -> list[tuple[str, bool, bool]]:
    """Return the category of each example, whether the model was right, and whether it is a fair sample."""
    examples = (await stage.stores.examples.list()).rows
    judgements = {one.example_id: one for one in await stage.stores.judgements.of_model("fixed@1")}
    assert len(judgements) == len(examples)
    return [(one.category, judgements[one.id].right, judgements[one.id].sampled) for one in examples]


async def test_a_decision_becomes_one_example_and_one_judgement_however_often_it_runs(stage: Stage) -> None:
    await stage.play("human_review", classification=classified())
    assert await judged(stage) == []
    for _ in range(2):
        await stage.play("human_review", classification=classified(), decided_here=decided())
    assert await judged(stage) == [("returns", True, False)]
    (example,) = (await stage.stores.examples.list()).rows
    assert example.id == f"{stage.context.execution_id}/human_review"


@dataclass
class Broken:
    """Judgements that fail the first time: as if the process was killed between the example and its judgement."""

    inner: Judgements
    failures: int = 1

    async def put(self, judgements: Sequence[Judgement]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("killed")
        await self.inner.put(judgements)

    async def of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        return await self.inner.of_model(model, limit=limit)

    async def fair_of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        return await self.inner.fair_of_model(model, limit=limit)

    async def ordinal_of(self, way: str) -> int:
        return await self.inner.ordinal_of(way)

    async def models(self, *, limit: int = 50) -> tuple[str, ...]:
        return await self.inner.models(limit=limit)


async def test_one_that_ends_between_decision_and_judgement_leaves_exactly_one_of_each(stage: Stage) -> None:
    stores = replace(stage.stores, judgements=Broken(stage.stores.judgements))
    await stage.play("human_review", classification=classified())
    decision = replace(decided(Verdict.REJECT), category="refund")
    changes = {"classification": classified(), "decided_here": decision, **stage.with_services(stores=stores)}
    with pytest.raises(StoreError):
        await stage.play("human_review", **changes)
    assert (await stage.play("human_review", **changes)).output == "rejected"
    assert await judged(stage) == [("refund", False, False)]


@pytest.mark.parametrize(
    ("assurance", "mode", "sampled"),
    [
        # Nothing goes out by itself: people see everything.
        (FixedAssurance(threshold=None, automation=False), Mode.AUTOMATIC, True),
        (FixedAssurance(threshold=None, automation=False), Mode.REVIEW, True),
        # They see what is left, so only those may count that were drawn beforehand.
        (FixedAssurance(threshold=0.99, automation=True), Mode.AUTOMATIC, False),
        (FixedAssurance(threshold=0.99, automation=True, audits=True), Mode.AUTOMATIC, True),
    ],
)
async def test_what_counts_is_a_fair_sample_of_what_may_go_out(
    stage: Stage, assurance: FixedAssurance, mode: Mode, *, sampled: bool
) -> None:
    given = {"classification": classified(), **stage.in_mode(mode), **stage.with_services(assurance=assurance)}
    drafted = await stage.play("auto_responder", **given)
    assert drafted.output == "unsure"
    await stage.play("human_review", draft=drafted.draft, **given)
    # How it was then counts, not how it is when somebody decides.
    given |= stage.with_services(assurance=FixedAssurance(automation=not assurance.automation, audits=assurance.audits))
    await stage.play("human_review", draft=drafted.draft, decided_here=decided(), **given)
    assert await judged(stage) == [("returns", True, sampled)]


async def test_what_no_machine_would_have_answered_counts_never(stage: Stage) -> None:
    given = {
        "classification": classified(),
        **stage.with_services(assurance=FixedAssurance(threshold=None, automation=False, audits=True)),
    }
    await stage.play("human_review", reached_by=URGENT, **given)
    await stage.play("human_review", reached_by=URGENT, decided_here=decided(), **given)
    assert await judged(stage) == [("returns", True, False)]


@pytest.mark.parametrize(
    ("assurance", "mailbox", "seen"),
    [
        (FixedAssurance(threshold=None, automation=False), {}, True),
        # Once sure mail goes out by itself, what is left over is no fair sample but for the share that was drawn.
        (FixedAssurance(automation=True), {}, False),
        (FixedAssurance(automation=True, audits=True), {}, True),
        (FixedAssurance(automation=False), {"automatic_categories": ("refund",)}, True),
        (FixedAssurance(automation=False), {"pilot_addresses": ("bob@example.org",)}, False),
    ],
)
async def test_what_one_model_did_not_dare_is_a_fair_question_to_others_unless_a_rule_keeps_it_from_machines(
    stage: Stage, assurance: FixedAssurance, mailbox: dict[str, object], *, seen: bool
) -> None:
    given = {
        "classification": classified(sure=0.1),
        "reached_by": ((NodeId("router"), "uncertain"),),
        **stage.with_mailbox(**mailbox),
        **stage.with_services(assurance=assurance),
    }
    await stage.play("human_review", **given)
    await stage.play("human_review", decided_here=decided(), **given)
    (judgement,) = await stage.stores.judgements.of_model("fixed@1")
    assert (judgement.sampled, judgement.seen) == (False, seen)


async def test_what_is_generated_says_so_for_ever(stage: Stage) -> None:
    given = {"classification": classified(), **stage.with_services(assurance=FixedAssurance(generated=True))}
    await stage.play("human_review", **given)
    await stage.play("human_review", classification=classified(), decided_here=decided())
    (example,) = (await stage.stores.examples.list()).rows
    (judgement,) = await stage.stores.judgements.of_model("fixed@1")
    assert (example.generated, judgement.generated) == (True, True)


async def test_an_answer_from_elsewhere_teaches_nothing(stage: Stage) -> None:
    await stage.play("human_review", classification=classified())
    elsewhere = decided(Verdict.ANSWERED_ELSEWHERE, text="")
    await stage.play("human_review", classification=classified(), decided_here=elsewhere)
    assert await judged(stage) == []
