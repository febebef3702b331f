"""Editions: a reply that is stopped again and again is asked about anew each time, and nothing is left behind."""

from dataclasses import dataclass, replace

import pytest

from nodes.stage import DRAFT, NOW, Stage, Watch, classified, decided, raw_email
from postroom.errors import StoreError
from postroom.model.answer import FlaggedAnswer
from postroom.model.mailbox import Mode
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewStatus, Verdict
from postroom.model.workflow import NodeId
from postroom.outbox.edition import latest_edition, told_of


@dataclass
class Broken:
    """An outbox that goes away before it withdraws anything."""

    real: object

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    async def settle(self, *args: object, **named: object) -> bool:
        raise StoreError("away")


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.APPROVE, None])
async def test_a_crash_between_question_and_withdrawal_leaves_nothing_pending(
    stage: Stage, verdict: Verdict | None
) -> None:
    outbox = Broken(stage.stores.outbox)
    broken = replace(stage.stores, outbox=outbox)  # type: ignore[arg-type]  # The rest is delegated by name.
    review_mode = stage.in_mode(Mode.REVIEW)
    with pytest.raises(StoreError):
        await stage.play(
            "email_sender",
            draft=DRAFT,
            classification=classified(),
            **review_mode,
            **stage.with_services(stores=broken),
        )
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    if verdict is not None:
        await stage.decide(review.id, decided(verdict))
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **review_mode)
    states = [row.state for row in await stage.stores.outbox.of_execution(stage.context.execution_id)]
    assert states == [ReplyState.WITHDRAWN] + [ReplyState.SENT] * (verdict is Verdict.APPROVE)
    assert (found.waiting_for == "review") is (verdict is None)


async def test_words_that_are_stopped_a_second_time_are_a_question_of_their_own(stage: Stage) -> None:
    services = stage.with_services(lookouts={stage.context.mailbox.id: Watch()})
    context = {"draft": DRAFT, **stage.in_mode(Mode.REVIEW), **services}
    first = await stage.play("email_sender", **context)
    assert first.review_id is not None
    await stage.decide(first.review_id, decided(text="Second words."))
    await stage.stores.controls.halt_sending()
    assert (await stage.play("email_sender", **context)).waiting_for == "sending"
    await stage.stores.controls.allow_sending()
    raw = raw_email()
    sign = FlaggedAnswer(mailbox_id=raw.mailbox_id, uid_validity="1", uid=raw.uid, seen_at=NOW.replace(year=2027))
    await stage.stores.ledger.note_answers([sign])
    assert (await stage.play("email_sender", **context)).waiting_for == "review"
    questions = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert [review.status for review in questions] == [ReviewStatus.DECIDED, ReviewStatus.OPEN]
    assert questions[1].draft == replace(DRAFT, text="Second words.")
    rows = await stage.stores.outbox.of_execution(stage.context.execution_id)
    assert [row.state for row in rows] == [ReplyState.WITHDRAWN] * 2
    late = replace(decided(text="Third words."), at=NOW.replace(year=2028))
    await stage.decide(questions[1].id, late)
    assert (await stage.play("email_sender", **context)).decision == late
    assert [b"Third words." in message.content for message in stage.post.sent] == [True]


async def test_who_approves_an_edition_was_told_of_others_when_they_were_asked(stage: Stage) -> None:
    first = await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage.in_mode(Mode.REVIEW))
    assert first.review_id is not None
    context = replace(stage.context, node_id=NodeId("email_sender"))
    (question,) = await stage.stores.reviews.of_execution(context.execution_id)
    assert await told_of(context, ReplyId(context.key)) == ()
    assert await told_of(context, ReplyId(f"{context.key}/approved")) == question.told
    # A node may have any name.
    own_name = replace(context, node_id=NodeId("approved"))
    assert await told_of(own_name, ReplyId(f"{context.execution_id}/approved")) == ()


async def test_before_anything_was_done_the_first_edition_counts(stage: Stage) -> None:
    found = await latest_edition(replace(stage.context, decision=decided()))
    assert (found.reply_id, found.decision, found.row, found.question) == (stage.context.key, decided(), None, None)
