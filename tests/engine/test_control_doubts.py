"""Decisions that could still be taken back when their execution is cancelled; and clocks that are set back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clocks import SetClock
from engine.house import MAILBOX, House, make_workflow
from engine.test_control import wish
from nodes.stage import Post
from postroom.actions.decide import approve, reject
from postroom.actions.desk import Desk
from postroom.bootstrap import node_types
from postroom.engine.control import Control
from postroom.errors import ConflictError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Delivery
from postroom.model.control import Wish
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.reply import ReplyState
from postroom.model.review import Review, ReviewKind, ReviewStatus

S = ExecutionStatus
WORKFLOW = make_workflow({"s": "start", "draft": "read", "send": "email_sender"}, ["s>draft", "draft>send"])


async def ended(house: House, post: Post) -> Execution:
    """Return an execution of which a run has ended."""
    house.types = {**house.types, "email_sender": node_types()["email_sender"]}
    house.services = replace(house.services, senders={"post": post})
    async with house.engine() as engine:
        (execution,) = await house.accept(WORKFLOW)
        await engine.quiet()
    return await house.stores.executions.get(execution.id)


async def doubt(house: House) -> Review:
    """Return the question what became of a reply."""
    execution = await ended(house, Post(answers=[Delivery.UNCERTAIN]))
    await house.stores.mailboxes.add(MAILBOX)
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert (execution.status, review.kind) == (S.WAITING, ReviewKind.UNCERTAIN_SEND)
    return review


async def cancelled(house: House, review: Review, control: Control) -> None:
    (execution,) = (await house.stores.executions.list()).rows
    assert await control.fulfil(wish(execution, Wish.CANCEL))
    assert (await house.stores.executions.get(execution.id)).status is S.CANCELLED
    assert review.execution_id == execution.id


async def test_a_decision_to_send_again_that_was_not_final_is_asked_anew_once_nothing_is_sent_any_more(
    house: House,
) -> None:
    review, clock = await doubt(house), SetClock(SystemClock().now())
    desk, control = Desk(stores=house.stores, clock=clock, by="ann"), Control(house.stores, clock)
    await approve(desk, review.id, patience_seconds=60)
    await cancelled(house, review, control)
    found = await house.stores.reviews.get(review.id)
    assert (found.status, found.decision, found.claimed_by) == (ReviewStatus.OPEN, None, None)
    with pytest.raises(ConflictError) as caught:
        await approve(desk, review.id)
    assert "reject" in caught.value.hint
    await reject(desk, review.id)
    assert await control.carry_out(review.id)
    assert (await house.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED
    (reply,) = await house.stores.outbox.of_execution(ExecutionId(review.execution_id))
    assert reply.state is ReplyState.UNCERTAIN


async def test_a_decision_to_let_it_be_outlasts_the_cancelling(house: House) -> None:
    review, clock = await doubt(house), SetClock(SystemClock().now())
    desk, control = Desk(stores=house.stores, clock=clock, by="ann"), Control(house.stores, clock)
    await reject(desk, review.id, patience_seconds=60)
    await cancelled(house, review, control)
    assert (await house.stores.reviews.get(review.id)).status is ReviewStatus.DECIDED
    clock.at += timedelta(minutes=2)
    assert await control.carry_out(review.id)
    assert (await house.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED


async def test_the_question_says_that_sending_again_ends_with_the_execution(house: House) -> None:
    review = await doubt(house)
    assert "unless its execution was cancelled" in review.reason


async def test_what_is_parked_goes_on_although_the_clock_was_set_back_since(house: House) -> None:
    await house.stores.controls.halt_sending()
    execution = await ended(house, Post())
    assert execution.status is S.WAITING
    await house.stores.controls.allow_sending()
    clock = SetClock(execution.updated_at - timedelta(hours=1))
    assert await Control(house.stores, clock).continue_sending() == 1
    assert (await house.stores.executions.get(execution.id)).status is S.QUEUED
