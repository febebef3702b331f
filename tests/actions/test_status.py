from dataclasses import replace
from datetime import timedelta

from actions.case import Case, PostReview
from contracts.store_nouns import at, event, execution, reply
from postroom.actions.desk import Desk
from postroom.actions.status import events_of, living, overview, standing, standing_of
from postroom.model.alarm import Alarm
from postroom.model.control import Process
from postroom.model.email import Address, MailboxId
from postroom.model.execution import EventKind, ExecutionId, ExecutionStatus, FinalState, StepStatus
from postroom.model.mailbox import Mailbox
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewStatus


async def test_the_overview_counts_what_is_in_the_store(desk: Desk, post_review: PostReview) -> None:
    await post_review(Case())
    await desk.stores.controls.halt_sending()
    found = await overview(desk.stores, desk.clock)
    assert found.executions == {ExecutionStatus.WAITING: 1}
    assert found.reviews == {ReviewStatus.OPEN: 1}
    assert found.sending_halted
    assert (found.quarantined, found.paused_workflows, len(found.newest)) == (0, (), 1)


async def test_a_process_lives_while_its_heart_beat_is_younger_than_twenty_seconds(desk: Desk) -> None:
    now = desk.clock.now()
    young = Process(executor_id="a", host="here", pid=1, beat_at=now - timedelta(seconds=19))
    for process in (young, replace(young, executor_id="b", beat_at=now - timedelta(seconds=21))):
        await desk.stores.controls.beat(process)
    assert await living(desk.stores, desk.clock) == (young,)


async def test_an_execution_is_shown_node_by_node_in_the_order_of_its_workflow(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(Case())
    name = review.execution_id
    started = event(name, EventKind.NODE_STARTED, node="trigger", minute=1)
    ended = replace(event(name, EventKind.NODE_SUCCEEDED, node="trigger", minute=2), output="out", note="read")
    await desk.stores.executions.record([started, ended])
    found = await standing(desk.stores, ExecutionId(name))
    (step,) = found.steps
    assert (step.node_id, step.status, step.output, step.note) == ("trigger", StepStatus.SUCCEEDED, "out", "read")
    assert (step.started_at, step.finished_at) == (at(1), at(2))
    assert found.not_reached == ("log",)
    assert [one.id for one in found.reviews] == [review.id]


async def test_all_events_of_an_execution_are_read_however_many(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    many = [event(review.execution_id, EventKind.NODE_STARTED, node="trigger", attempt=n) for n in range(1, 1200)]
    await desk.stores.executions.record(many)
    found = await events_of(desk.stores, ExecutionId(review.execution_id))
    assert [one.attempt for one in found if one.node_id] == list(range(1, 1200))


def test_a_standing_is_told_without_saying_the_same_twice() -> None:
    failed = replace(execution("ex_1", status=ExecutionStatus.FAILED), final_state=FinalState.FAILED)
    assert standing_of(failed) == "failed"
    assert standing_of(replace(failed, status=ExecutionStatus.WAITING, final_state=FinalState.IN_REVIEW)) == (
        "waiting (in review)"
    )
    assert standing_of(execution("ex_1", status=ExecutionStatus.QUEUED)) == "queued"


async def test_the_overview_shows_mailboxes_and_open_alarms(desk: Desk) -> None:
    mailbox = Mailbox(
        id=MailboxId("shop"), address=Address(name="", address="help@example.com"), workflow="customer_support"
    )
    alarm = Alarm(key="quarantine/shop", title="Mail in quarantine", text="Look at it.", raised_at=at(1))
    await desk.stores.mailboxes.add(mailbox)
    await desk.stores.alarms.sound(alarm)
    await desk.stores.alarms.sound(replace(alarm, key="mailbox_silent/shop"))
    await desk.stores.alarms.clear("mailbox_silent/shop", at=at(2))
    found = await overview(desk.stores, desk.clock)
    assert (found.mailboxes, found.alarms) == ((mailbox,), (alarm,))


async def test_replies_of_an_execution_are_shown_with_their_bounce_and_without_their_words(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(Case())
    name = ReplyId(f"{review.execution_id}/sender")
    await desk.stores.outbox.add(replace(reply(name), email_id=review.email_id))
    await desk.stores.outbox.bounced(name, detail="5.1.1 no such user")
    (found,) = (await standing(desk.stores, ExecutionId(review.execution_id))).replies
    assert (found.id, found.state, found.bounced) == (name, ReplyState.PENDING, "5.1.1 no such user")


async def test_the_overview_says_until_when_a_reply_is_deferred(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    name = ReplyId(f"{review.execution_id}/sender")
    await desk.stores.outbox.add(replace(reply(name), email_id=review.email_id))
    assert (await overview(desk.stores, desk.clock)).deferred == {}
    await desk.stores.outbox.defer(name, until=at(30), detail="greylisted")
    assert (await overview(desk.stores, desk.clock)).deferred == {review.execution_id: at(30)}
