"""Brakes: what stops an automatic reply in the last moment."""

from datetime import timedelta

import pytest

from engine.house import MAILBOX
from nodes.stage import DRAFT, NOW, HandClock, Stage, Watch, decided
from postroom.errors import PluginError, TransientError
from postroom.model.answer import FlaggedAnswer
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Caps, Mailbox, Mode
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewId, ReviewKind

ANSWERED = FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid="1", seen_at=NOW)


async def state(stage: Stage) -> ReplyState:
    return (await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender"))).state


async def test_what_a_person_answered_elsewhere_is_not_answered_again(stage: Stage) -> None:
    watch = Watch(seen=(ANSWERED,))
    services = stage.with_services(lookouts={stage.context.mailbox.id: watch})
    found = await stage.play("email_sender", draft=DRAFT, **services)
    assert found.waiting_for == "review"
    assert (stage.post.sent, await state(stage), watch.looks) == ([], ReplyState.WITHDRAWN, 1)


async def test_nothing_seen_elsewhere_means_that_it_is_sent(stage: Stage) -> None:
    watch = Watch()
    services = stage.with_services(lookouts={stage.context.mailbox.id: watch})
    assert (await stage.play("email_sender", draft=DRAFT, **services)).output == "sent"
    assert (len(stage.post.sent), watch.looks) == (1, 1)


async def test_what_a_person_approved_needs_no_look_and_no_allowance(stage: Stage) -> None:
    watch = Watch(seen=(ANSWERED,))
    services = stage.with_services(lookouts={stage.context.mailbox.id: watch})
    none = stage.with_mailbox(caps=Caps(per_day=0, per_correspondent=0))
    found = await stage.play("email_sender", draft=DRAFT, decision=decided(), **services, **none)
    assert (found.output, watch.looks) == ("sent", 0)


@pytest.mark.parametrize("error", [TransientError("no route"), PluginError("log-in refused")])
async def test_without_a_look_nothing_is_sent_until_it_can_be_seen_again(stage: Stage, error: Exception) -> None:
    clock = HandClock()
    watch = Watch(failures=[error, error])
    services = stage.with_services(clock=clock, lookouts={stage.context.mailbox.id: watch})
    found = await stage.play("email_sender", draft=DRAFT, **services)
    assert (found.waiting_for, stage.post.sent, await state(stage)) == ("sending", [], ReplyState.PENDING)
    assert str(error) in found.note
    clock.moment += timedelta(minutes=20)
    await stage.play("email_sender", draft=DRAFT, **services)
    (alarm,) = (await stage.stores.alarms.open()).rows
    assert alarm.key == f"answers_unseen/{stage.context.mailbox.id}"
    clock.moment += timedelta(hours=1)
    assert (await stage.play("email_sender", draft=DRAFT, **services)).output == "sent"
    assert (await stage.stores.alarms.open()).rows == ()


async def test_beyond_the_cap_of_a_correspondent_a_person_is_asked_and_others_are_still_answered(stage: Stage) -> None:
    one = stage.with_mailbox(caps=Caps(per_correspondent=1))
    assert (await stage.play("email_sender", draft=DRAFT, execution_id=ExecutionId("before"), **one)).output == "sent"
    found = await stage.play("email_sender", draft=DRAFT, **one)
    assert found.review_id is not None
    review = await stage.stores.reviews.get(ReviewId(found.review_id))
    assert (review.kind, "1 automatic replies for one correspondent within 24 h" in review.reason) == (
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
        await stage.play("email_sender", draft=DRAFT, execution_id=ExecutionId("before"), mailbox=mailbox)
    ).output == "sent"
    found = await stage.play("email_sender", draft=DRAFT, mailbox=mailbox)
    assert found.waiting_for == "review"
    stopped = await stage.stores.mailboxes.get(mailbox.id)
    assert (stopped.mode, "within 1 h" in stopped.stopped) == (Mode.REVIEW, True)
    (alarm,) = (await stage.stores.alarms.open()).rows
    assert alarm.key == f"automation_stopped/{mailbox.id}"
    # One that is under way still has the mailbox as it was.
    later = await stage.play("email_sender", draft=DRAFT, execution_id=ExecutionId("after"), mailbox=mailbox)
    assert (later.waiting_for, len(stage.post.sent)) == ("review", 1)
    assert "automation has stopped" in later.note


async def test_run_again_a_reply_keeps_its_place_under_the_cap(stage: Stage) -> None:
    one = stage.with_mailbox(caps=Caps(per_day=1))
    await stage.stores.controls.halt_sending()
    assert (await stage.play("email_sender", draft=DRAFT, **one)).waiting_for == "sending"
    await stage.stores.controls.allow_sending()
    assert (await stage.play("email_sender", draft=DRAFT, **one)).output == "sent"
