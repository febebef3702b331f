"""Brakes: what stops an automatic reply in the last moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clocks import SetClock
from engine.house import MAILBOX
from nodes.stage import DRAFT, NOW, Stage, Watch, classified, decided, raw_email, take_in
from postroom.errors import PluginError, TransientError
from postroom.intake.answers import AnswerWatch
from postroom.interfaces.clock import Clock
from postroom.interfaces.node import NodeContext, Services
from postroom.interfaces.provider import Delivery
from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.model.email import Address
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Caps, Mailbox, Mode
from postroom.model.reply import OutgoingEmail, Reply, ReplyId, ReplyState
from postroom.model.review import ReviewId, ReviewKind
from postroom.outbox.brakes import MOVED_ON, look_elsewhere

ANSWERED = FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid="1", seen_at=NOW)


def sent(*refers_to: str, at: datetime = NOW, to: str = "ada@example.org") -> SentAnswer:
    return SentAnswer(
        mailbox_id=MAILBOX.id, message_id="<by-hand@x>", refers_to=refers_to, recipients=(to,), sent_at=at
    )


def watching(stage: Stage, watch: Watch, clock: Clock | None = None) -> dict[str, object]:
    """Return the context's change to a mailbox that is watched as bootstrap has it watched."""
    clock = clock or SetClock(NOW)
    watched = AnswerWatch(watch, stage.stores, clock)
    return stage.with_services(clock=clock, lookouts={stage.context.mailbox.id: watched})


async def waiting_reply(stage: Stage, *, created_at: datetime = NOW) -> Reply:
    """Put a reply to the e-mail into the outbox."""
    return await stage.stores.outbox.add(
        Reply(
            id=ReplyId(stage.context.key),
            email_id=stage.context.stored.id,
            mailbox_id=stage.context.stored.mailbox_id,
            conversation_id=stage.context.stored.conversation_id,
            outgoing=OutgoingEmail(
                message_id="<r@x>",
                mail_from="a@b.example",
                recipient=Address(name="", address="c@d.example"),
                content=b"",
            ),
            conversation_version=None,
            automatic=False,
            created_at=created_at,
            updated_at=created_at,
        )
    )


def seen_by(stage: Stage, watch: Watch) -> NodeContext:
    services = watching(stage, watch)["services"]
    assert isinstance(services, Services)
    return replace(stage.context, services=services)


async def state(stage: Stage) -> ReplyState:
    return (await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender"))).state


@pytest.mark.parametrize("sign", [ANSWERED, sent("<1@example.org>")], ids=["flagged", "sent"])
async def test_what_a_person_answered_elsewhere_is_not_answered_again(stage: Stage, sign: Answer) -> None:
    watch = Watch(seen=(sign,))
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **watching(stage, watch))
    assert (found.waiting_for, found.note) == ("review", MOVED_ON)
    assert (stage.post.sent, await state(stage), watch.looks) == ([], ReplyState.WITHDRAWN, 1)


async def test_a_forward_to_a_colleague_does_not_keep_the_reply_back(stage: Stage) -> None:
    watch = Watch(seen=(sent("<1@example.org>", to="accounting@lindenhof.example"),))
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **watching(stage, watch))
    ).output == "sent"


async def test_an_answer_that_was_seen_before_its_email_was_stored_is_not_forgotten(stage: Stage) -> None:
    watch = Watch(seen=(sent("<2@example.org>"),))
    services = watching(stage, watch)
    # The look before the reply to the first mail sees the answer to a second one that nobody has stored yet.
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
    watch.seen = ()
    second = ExecutionId(await take_in(stage.stores, raw_email(2)))
    stored = await stage.stores.emails.get((await stage.stores.executions.get(second)).email_id)
    found = await stage.play(
        "email_sender", draft=DRAFT, classification=classified(), execution_id=second, stored=stored, **services
    )
    assert (found.waiting_for, len(stage.post.sent)) == ("review", 1)


async def test_an_answer_to_the_second_mail_of_a_thread_is_seen_although_the_first_one_is_known(stage: Stage) -> None:
    watch = Watch(seen=(sent("<2@example.org>", "<1@example.org>"),))
    services = watching(stage, watch)
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    ).waiting_for == "review"
    second = ExecutionId(await take_in(stage.stores, raw_email(2, head="In-Reply-To: <1@example.org>\n")))
    stored = await stage.stores.emails.get((await stage.stores.executions.get(second)).email_id)
    assert stored.conversation_id == stage.context.stored.conversation_id
    found = await stage.play(
        "email_sender", draft=DRAFT, classification=classified(), execution_id=second, stored=stored, **services
    )
    assert (found.waiting_for, stage.post.sent) == ("review", [])


@pytest.mark.parametrize(
    ("minutes", "state_after"),
    [(-1, ReplyState.PENDING), (0, ReplyState.PENDING), (1, ReplyState.WITHDRAWN)],
)
async def test_what_a_person_knew_when_they_decided_does_not_stop_their_reply(
    stage: Stage, minutes: int, state_after: ReplyState
) -> None:
    context = seen_by(stage, Watch(seen=(sent("<1@example.org>", at=NOW + timedelta(minutes=minutes)),)))
    reply = await waiting_reply(stage)
    found = await look_elsewhere(context, reply, since=NOW)
    assert (found.note if found else "") == (MOVED_ON if state_after is ReplyState.WITHDRAWN else "")
    assert (await stage.stores.outbox.get(reply.id)).state is state_after


async def test_a_mailbox_that_cannot_look_stops_nothing(stage: Stage) -> None:
    await stage.stores.ledger.note_answers([ANSWERED])
    assert await look_elsewhere(stage.context, await waiting_reply(stage)) is None


async def test_nothing_seen_elsewhere_means_that_it_is_sent(stage: Stage) -> None:
    watch = Watch()
    services = stage.with_services(lookouts={stage.context.mailbox.id: watch})
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
    assert (len(stage.post.sent), watch.looks) == (1, 1)


async def test_what_a_person_approved_knowing_the_answer_needs_no_allowance(stage: Stage) -> None:
    watch = Watch(seen=(ANSWERED,))
    services = watching(stage, watch)
    none = stage.with_mailbox(caps=Caps(per_day=0, per_correspondent=0))
    found = await stage.play(
        "email_sender", draft=DRAFT, classification=classified(), decision=decided(), **services, **none
    )
    assert (found.output, watch.looks) == ("sent", 1)


async def test_what_a_colleague_answered_while_an_approval_rested_is_asked_about(stage: Stage) -> None:
    clock, watch = SetClock(NOW), Watch(seen=(sent("<1@example.org>", at=NOW + timedelta(seconds=4)),))
    services = watching(stage, watch, clock)
    clock.at += timedelta(seconds=10)
    approved = {"draft": DRAFT, "decision": decided(text="My own words."), **services}
    found = await stage.play("email_sender", **approved)
    assert (found.waiting_for, found.note, stage.post.sent) == ("review", MOVED_ON, [])
    assert found.review_id is not None
    await stage.decide(found.review_id, replace(decided(text="After all."), at=clock.at))
    assert (await stage.play("email_sender", **approved)).output == "sent"
    assert [b"After all." in message.content for message in stage.post.sent] == [True]


async def test_what_a_colleague_answered_while_the_decision_to_send_again_rested_is_asked_about(stage: Stage) -> None:
    clock, watch = SetClock(NOW), Watch()
    services = watching(stage, watch, clock)
    stage.post.answers = [Delivery.UNCERTAIN]
    doubt = await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided(), **services)
    assert doubt.review_id is not None
    await stage.decide(doubt.review_id, decided(text=""))
    clock.at += timedelta(seconds=10)
    watch.seen = (sent("<1@example.org>", at=NOW + timedelta(seconds=4)),)
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided(), **services)
    assert (found.waiting_for, len(stage.post.sent), await state(stage)) == ("review", 1, ReplyState.UNCERTAIN)


@pytest.mark.parametrize("error", [TransientError("no route"), PluginError("log-in refused")])
async def test_without_a_look_nothing_is_sent_until_it_can_be_seen_again(stage: Stage, error: Exception) -> None:
    clock = SetClock(NOW)
    watch = Watch(failures=[error, error])
    services = stage.with_services(clock=clock, lookouts={stage.context.mailbox.id: watch})
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert (found.waiting_for, stage.post.sent, await state(stage)) == ("sending", [], ReplyState.PENDING)
    assert str(error) in found.note
    clock.at += timedelta(minutes=20)
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    (alarm,) = (await stage.stores.alarms.open()).rows
    assert alarm.key == f"answers_unseen/{stage.context.mailbox.id}"
    clock.at += timedelta(hours=1)
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
    assert (await stage.stores.alarms.open()).rows == ()


async def test_beyond_the_cap_of_a_correspondent_a_person_is_asked_and_others_are_still_answered(stage: Stage) -> None:
    one = stage.with_mailbox(caps=Caps(per_correspondent=1))
    assert (
        await stage.play(
            "email_sender", draft=DRAFT, classification=classified(), execution_id=ExecutionId("before"), **one
        )
    ).output == "sent"
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **one)
    assert found.review_id is not None
    review = await stage.stores.reviews.get(ReviewId(found.review_id))
    assert (review.kind, "1 automatic replies for this correspondent within 24 hours" in review.reason) == (
        ReviewKind.DRAFT,
        True,
    )
    assert "ada" not in review.reason
    assert (len(stage.post.sent), (await stage.stores.alarms.open()).rows) == (1, ())


async def test_beyond_a_total_the_automation_stops_people_learn_it_and_everything_goes_to_review(stage: Stage) -> None:
    mailbox = stage.with_mailbox(caps=Caps(per_hour=1))["mailbox"]
    assert isinstance(mailbox, Mailbox)
    assert await stage.stores.mailboxes.add(mailbox)
    assert (
        await stage.play(
            "email_sender",
            draft=DRAFT,
            classification=classified(),
            execution_id=ExecutionId("before"),
            mailbox=mailbox,
        )
    ).output == "sent"
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), mailbox=mailbox)
    assert found.waiting_for == "review"
    stopped = await stage.stores.mailboxes.get(mailbox.id)
    assert (stopped.mode, "within an hour" in stopped.stopped) == (Mode.REVIEW, True)
    (alarm,) = (await stage.stores.alarms.open()).rows
    assert alarm.key == f"automation_stopped/{mailbox.id}"
    # One that is under way still has the mailbox as it was.
    later = await stage.play(
        "email_sender", draft=DRAFT, classification=classified(), execution_id=ExecutionId("after"), mailbox=mailbox
    )
    assert (later.waiting_for, len(stage.post.sent)) == ("review", 1)
    assert "automation has stopped" in later.note


async def test_run_again_a_reply_keeps_its_place_under_the_cap(stage: Stage) -> None:
    one = stage.with_mailbox(caps=Caps(per_day=1))
    await stage.stores.controls.halt_sending()
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **one)).waiting_for == "sending"
    await stage.stores.controls.allow_sending()
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **one)).output == "sent"
