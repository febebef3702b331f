"""Deferral: how long it lasts, when people learn of it, and when it is over."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from clocks import SetClock
from engine.test_control_deferred import Counted
from nodes.stage import DRAFT, NOW, Post, Stage, classified
from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Claim, Delivery, Obstacle, SendResult
from postroom.model.reply import OutgoingEmail, ReplyId, ReplyState
from postroom.outbox.deferral import defer
from postroom.outbox.postpone import TURN_WAIT

KEY = "sender_unreachable/post"


@dataclass
class Greylisting(Post):
    """A sender whose server answers, but does not take this message yet, or that has an `obstacle` of its own."""

    tries: int = 0
    obstacle: Obstacle = Obstacle.MESSAGE

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        self.tries += 1
        return SendResult(delivery=Delivery.DEFERRED, detail="452 mailbox full", obstacle=self.obstacle)


async def open_alarms(stage: Stage) -> list[str]:
    return [alarm.key for alarm in (await stage.stores.alarms.open()).rows]


async def try_when_due(stage: Stage, clock: SetClock) -> None:
    """Try once more when it is due, in vain."""
    stage.post.answers = [Delivery.DEFERRED]
    row = await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender"))
    assert row.not_before is not None
    clock.at = row.not_before
    found = await stage.play(
        "email_sender", draft=DRAFT, classification=classified(), **stage.with_services(clock=clock)
    )
    assert found.waiting_for == "sending"


async def test_people_learn_after_a_quarter_of_an_hour_and_when_it_is_over(stage: Stage) -> None:
    clock = SetClock(NOW)
    begun = clock.at
    services = stage.with_services(clock=clock)
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    while clock.at - begun < timedelta(minutes=15):
        assert await open_alarms(stage) == []
        await try_when_due(stage, clock)
    assert await open_alarms(stage) == [KEY]
    await try_when_due(stage, clock)
    assert await open_alarms(stage) == [KEY]
    clock.at += timedelta(hours=1)
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
    assert await open_alarms(stage) == []
    assert len(stage.post.sent) == 1


async def test_any_reply_that_goes_through_shows_that_it_is_over(stage: Stage) -> None:
    clock = SetClock(NOW)
    services = stage.with_services(clock=clock)
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    while await open_alarms(stage) == []:
        await try_when_due(stage, clock)
    assert await open_alarms(stage) == [KEY]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), execution_id="another", **services)
    assert (len(stage.post.sent), await open_alarms(stage)) == (1, [])


async def test_a_full_mailbox_of_one_customer_is_not_blamed_on_the_sender(stage: Stage) -> None:
    clock = SetClock(NOW)
    post = Greylisting()
    for minutes in (0, 2, 16, 60):
        clock.at += timedelta(minutes=minutes)
        found = await stage.play(
            "email_sender",
            draft=DRAFT,
            classification=classified(),
            **stage.with_services(clock=clock, senders={"post": post}),
        )
        assert found.waiting_for == "sending"
    assert (post.tries, await open_alarms(stage)) == (4, [])


async def test_while_all_connections_are_in_use_it_is_tried_again_soon_and_nobody_is_told(stage: Stage) -> None:
    clock, post = SetClock(NOW), Greylisting(obstacle=Obstacle.BUSY)
    services = stage.with_services(clock=clock, senders={"post": post})
    reply_id = ReplyId(f"{stage.context.execution_id}/email_sender")
    for hours in (0, 1, 50):
        clock.at += timedelta(hours=hours)
        assert (
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
        ).waiting_for == "sending"
        assert (await stage.stores.outbox.get(reply_id)).not_before == clock.at + TURN_WAIT
    assert (post.tries, await open_alarms(stage)) == (3, [])


@pytest.mark.parametrize("obstacle", list(Obstacle))
async def test_a_reply_that_was_halted_for_days_is_not_given_up_at_its_first_try(
    stage: Stage, obstacle: Obstacle
) -> None:
    clock, post = SetClock(SystemClock().now()), Greylisting(obstacle=obstacle)
    services = stage.with_services(clock=clock, senders={"post": post})
    await stage.stores.controls.halt_sending()
    stage_post = stage.with_services(clock=clock)
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage_post)
    ).waiting_for == "sending"
    await stage.stores.controls.allow_sending()
    clock.at += timedelta(hours=60)
    resumed = clock.at
    for hours in (0, 47):
        clock.at += timedelta(hours=hours)
        found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
        assert found.waiting_for == "sending"
    assert found.reply is not None
    row = await stage.stores.outbox.get(found.reply.reply_id)
    assert (row.state, row.begun_at) == (ReplyState.PENDING, resumed)


async def test_a_reply_that_changed_meanwhile_is_left_as_it_is(stage: Stage) -> None:
    stage.post.answers = [Delivery.DEFERRED]
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert found.reply is not None
    row = await stage.stores.outbox.get(found.reply.reply_id)
    for state in (ReplyState.FAILED, ReplyState.WITHDRAWN):
        await stage.stores.outbox.settle(row.id, before=ReplyState.PENDING, after=state, detail="meanwhile")
        for seen in (row, replace(row, not_before=None)):
            with pytest.raises(TransientError, match="changed meanwhile"):
                await defer(seen, "busy", None, stores=stage.stores, clock=SystemClock())
            kept = await stage.stores.outbox.get(row.id)
            assert (kept.state, kept.detail) == (state, "meanwhile")
        await stage.stores.outbox.settle(row.id, before=state, after=ReplyState.PENDING, detail="")


async def test_a_reply_that_goes_through_writes_nothing_about_alarms(stage: Stage) -> None:
    calls: Counter[str] = Counter()
    alarms = Counted(stage.stores.alarms, calls)
    stores = replace(stage.stores, alarms=alarms)  # type: ignore[arg-type]  # The rest is delegated by name.
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage.with_services(stores=stores))
    assert (len(stage.post.sent), set(calls)) == (1, {"open", "open.rows"})


async def test_after_two_days_a_person_looks_at_it(stage: Stage) -> None:
    clock = SetClock(NOW)
    services = stage.with_services(clock=clock)
    stage.post.answers = [Delivery.DEFERRED]
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert found.reply is not None
    clock.at += timedelta(hours=48)
    stage.post.answers = [Delivery.DEFERRED]
    with pytest.raises(PluginError, match="two days: 250 or not") as caught:
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert not caught.value.retryable
    assert (await stage.stores.outbox.get(found.reply.reply_id)).state is ReplyState.FAILED
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
