"""Control: wishes and decisions, also at random moments; no node of an execution ever runs twice because of them."""

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from engine.house import MAILBOX, House, eventually, make_workflow
from nodes.stage import Post
from postroom.actions.decide import approve, reject
from postroom.actions.desk import Desk
from postroom.bootstrap import node_types
from postroom.engine.control import Control
from postroom.errors import ConflictError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Claim, Delivery
from postroom.model.control import Request, Wish
from postroom.model.email import Address, ConversationId
from postroom.model.execution import EventFilter, EventKind, Execution, ExecutionId, ExecutionStatus, FinalState
from postroom.model.reply import OutgoingEmail, Reply, ReplyId, ReplyState
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus
from postroom.model.workflow import RetryPolicy
from postroom.stores.sql.reviews import SqlReviews

S = ExecutionStatus


def wish(execution: Execution, what: Wish) -> Request:
    return Request(execution_id=execution.id, wish=what, by="tester", at=SystemClock().now())


def reply_of(execution: Execution, node_id: str) -> Reply:
    message_id = f"<{node_id}@example.org>"
    recipient = Address(name="", address="ada@example.org")
    now = SystemClock().now()
    return Reply(
        id=ReplyId(f"{execution.id}/{node_id}"),
        email_id=execution.email_id,
        mailbox_id=execution.mailbox_id,
        conversation_id=ConversationId(f"c-{execution.email_id}"),
        outgoing=OutgoingEmail(message_id=message_id, mail_from="s@example.org", recipient=recipient, content=b"x"),
        conversation_version=None,
        automatic=False,
        created_at=now,
        updated_at=now,
    )


@pytest.mark.parametrize(
    ("status", "what", "after"),
    [
        (S.QUEUED, Wish.PAUSE, S.PAUSED),
        (S.WAITING, Wish.PAUSE, S.PAUSED),
        (S.QUEUED, Wish.CANCEL, S.CANCELLED),
        (S.WAITING, Wish.CANCEL, S.CANCELLED),
        (S.PAUSED, Wish.CANCEL, S.CANCELLED),
        (S.PAUSED, Wish.RESUME, S.QUEUED),
        (S.FAILED, Wish.RETRY, S.QUEUED),
        (S.PAUSED, Wish.PAUSE, S.PAUSED),
        (S.CANCELLED, Wish.CANCEL, S.CANCELLED),
        (S.RUNNING, Wish.CANCEL, None),
        (S.SUCCEEDED, Wish.CANCEL, None),
        (S.SUCCEEDED, Wish.RETRY, None),
        (S.WAITING, Wish.RESUME, None),
        (S.CANCELLED, Wish.RETRY, None),
    ],
)
async def test_a_wish_changes_what_its_status_allows(
    house: House, status: ExecutionStatus, what: Wish, after: ExecutionStatus | None
) -> None:
    (execution,) = await house.accept(make_workflow({"s": "start"}, []))
    assert await house.stores.executions.settle(replace(execution, status=status), ())
    assert await Control(house.stores, SystemClock()).fulfil(wish(execution, what)) is (after is not None)
    found = await house.stores.executions.get(execution.id)
    assert found.status is (after or status)
    assert found.run == (2 if after is S.QUEUED else 1)


async def test_a_wish_for_nothing_and_a_stray_review_do_not_stop_the_engine(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask"}, ["s>ask"])
    async with house.engine() as engine:
        stray = Request(execution_id=ExecutionId("ghost"), wish=Wish.CANCEL, by="x", at=SystemClock().now())
        await house.stores.controls.ask(stray)
        (execution,) = await house.accept(workflow)
        engine.wake()
        await house.until(execution, S.WAITING)
        (review,) = await house.stores.reviews.of_execution(execution.id)
        stray_id = ReviewId("ghost/ask")
        await house.stores.reviews.add(replace(review, id=stray_id, execution_id="ghost"))
        await house.decide(replace(execution, id=ExecutionId("ghost")), "ask")
        await house.decide(execution, "ask")
        await house.until(execution, S.SUCCEEDED)
    assert await house.stores.controls.requests() == ()
    assert (await house.stores.reviews.get(stray_id)).status is ReviewStatus.CLOSED


async def test_a_cancel_that_comes_as_the_last_node_runs_still_stops_what_waits(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask", "last": ("read", {"gate": "last"})}, ["s>ask", "s>last"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        engine.wake()
        await house.bench.arrival("last").wait()
        await house.stores.controls.ask(wish(execution, Wish.CANCEL))
        await house.wished(engine, execution)
        house.bench.gate("last").set()
        ended = await house.until(execution, S.CANCELLED)
    assert ended.final_state is FinalState.CANCELLED
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert review.status is ReviewStatus.CLOSED


async def test_a_run_that_was_over_in_the_store_is_not_begun_again_by_recovery(house: House) -> None:
    workflow = make_workflow({"s": "start", "one": "effect"}, ["s>one"])
    (execution,) = await house.accept(workflow)
    # Cancelled while the engine was down, after the journal had begun its run.
    assert await Control(house.stores, SystemClock()).fulfil(wish(execution, Wish.CANCEL))
    async with house.engine() as engine:
        assert await engine._already_over(execution) is S.CANCELLED
        later = replace(execution, run=2)
        assert await engine._already_over(later) is S.CANCELLED
    assert house.bench.runs == []


async def test_a_decision_that_cannot_be_read_ends_no_look(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask"}, ["s>ask"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        # Somebody changed the file by hand.
        with closing(sqlite3.connect(house.folder / "store.sqlite")) as damage, damage:
            damage.execute("UPDATE reviews SET decision_json = '{', status = 'decided'")
        async with engine._turn:
            await engine._look()
        assert (await house.stores.executions.get(execution.id)).status is S.WAITING


async def test_cancelling_settles_every_reply_also_of_a_run_that_a_crash_cut_off(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask"}, ["s>ask"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        for node_id in ("unsent", "cut_off"):
            await house.stores.outbox.add(reply_of(execution, node_id))
        cut_off = ReplyId(f"{execution.id}/cut_off")
        assert await house.stores.outbox.claim(cut_off, lease=1, at=SystemClock().now()) is Claim.GRANTED
        await house.stores.controls.ask(wish(execution, Wish.CANCEL))
        await house.until(execution, S.CANCELLED)
        await engine.quiet()
    found = {reply.id: reply.state for reply in await house.stores.outbox.of_execution(execution.id)}
    assert found == {f"{execution.id}/unsent": ReplyState.WITHDRAWN, cut_off: ReplyState.UNCERTAIN}


async def test_cancelling_leaves_the_question_what_became_of_a_reply_to_people(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "draft": "read", "ask": "ask", "send": "email_sender"}, ["s>draft", "s>ask", "draft>send"]
    )
    house.types = {**house.types, "email_sender": node_types()["email_sender"]}
    house.services = replace(house.services, senders={"post": Post(answers=[Delivery.UNCERTAIN])})
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        await house.stores.controls.ask(wish(execution, Wish.CANCEL))
        await carried_out(house)
        reviews = {review.kind: review for review in await house.stores.reviews.of_execution(execution.id)}
        assert reviews[ReviewKind.DRAFT].status is ReviewStatus.CLOSED
        doubt = reviews[ReviewKind.UNCERTAIN_SEND]
        assert doubt.status is ReviewStatus.OPEN
        await looked_at(house, doubt.id)
    assert (await house.stores.executions.get(execution.id)).status is S.CANCELLED


async def carried_out(house: House) -> None:
    """Return when nothing that was asked for is left to be done."""

    async def nothing_left() -> bool:
        return await house.stores.controls.requests() == ()

    await eventually(nothing_left)


async def looked_at(house: House, review_id: ReviewId) -> None:
    """Let what became of a reply of a cancelled execution be, as sending it again is refused."""
    desk = Desk(stores=house.stores, clock=SystemClock(), by="ann")
    await house.stores.mailboxes.add(MAILBOX)
    with pytest.raises(ConflictError, match="cancelled"):
        await approve(desk, review_id)
    await reject(desk, review_id)

    async def closed() -> bool:
        return (await house.stores.reviews.get(review_id)).status is ReviewStatus.CLOSED

    await eventually(closed)


async def test_what_a_crash_cut_off_while_sending_is_asked_about_once_its_execution_is_cancelled(house: House) -> None:
    async with house.engine() as engine:
        (execution,) = await house.accept(make_workflow({"s": "start", "ask": "ask"}, ["s>ask"]))
        await engine.quiet()
        for node_id in ("send", "send/approved"):
            await house.stores.outbox.add(reply_of(execution, node_id))
            reply_id = ReplyId(f"{execution.id}/{node_id}")
            assert await house.stores.outbox.claim(reply_id, lease=1, at=SystemClock().now()) is Claim.GRANTED
        for _ in range(2):
            await house.stores.controls.ask(wish(execution, Wish.CANCEL))
            await carried_out(house)
        found = await house.stores.reviews.of_execution(execution.id)
        doubts = [review for review in found if review.kind is ReviewKind.UNCERTAIN_SEND]
        names = ["uncertain-1", "uncertain/approved-1"]
        assert sorted(review.id for review in doubts) == [f"{execution.id}/send/{name}" for name in names]
        assert {(review.node_id, review.rank, review.status) for review in doubts} == {("send", 0, ReviewStatus.OPEN)}
        for review in doubts:
            await looked_at(house, review.id)
    states = {reply.state for reply in await house.stores.outbox.of_execution(execution.id)}
    assert states == {ReplyState.UNCERTAIN}


async def test_a_retry_leaves_open_questions_open(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask", "after": "pure"}, ["s>ask", "ask>after"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        waiting = await house.stores.executions.get(execution.id)
        # As after a run that broke when its question was asked already.
        assert await house.stores.executions.settle(replace(waiting, status=S.FAILED), ())
        await house.stores.controls.ask(wish(execution, Wish.RETRY))
        await house.until(execution, S.WAITING)
        await house.decide(execution, "ask")
        await house.until(execution, S.SUCCEEDED)
    assert house.bench.count("after") == 1


@pytest.mark.parametrize(("what", "after"), [(Wish.CANCEL, S.CANCELLED), (Wish.PAUSE, S.PAUSED)])
async def test_a_node_between_two_tries_is_stopped(house: House, what: Wish, after: ExecutionStatus) -> None:
    workflow = make_workflow({"s": "start", "shaky": ("read", {"failures": 1})}, ["s>shaky"])
    slow = RetryPolicy(max_attempts=3, interval_seconds=600, max_interval_seconds=600, jitter=0)
    workflow = replace(workflow, nodes=(workflow.nodes[0], replace(workflow.nodes[1], retry=slow)))
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)

        async def between() -> bool:
            kinds = [
                event.kind for event in await house.stores.executions.events(EventFilter(execution_id=execution.id))
            ]
            return EventKind.NODE_RETRYING in kinds

        await eventually(between)
        await house.stores.controls.ask(wish(execution, what))
        await house.until(execution, after)
        assert house.bench.count("shaky") == 1
        if what is Wish.PAUSE:
            await house.stores.controls.ask(wish(execution, Wish.RESUME))
            await house.until(execution, S.SUCCEEDED)
            await engine.quiet()
            assert house.bench.count("shaky") == 2


async def test_an_error_of_any_kind_while_beginning_leaves_the_execution_to_be_begun_later(house: House) -> None:
    class Shaky(SqlReviews):
        broken = 2

        async def of_execution(self, execution_id: ExecutionId) -> tuple[Review, ...]:
            if self.broken:
                self.broken -= 1
                raise OSError("the disk is full")
            return await super().of_execution(execution_id)

    reviews = house.stores.reviews
    assert isinstance(reviews, SqlReviews)
    stores = replace(house.stores, reviews=Shaky(reviews._database))
    house.services = replace(house.services, stores=stores)
    workflow = make_workflow({"s": "start", "ask": "ask"}, ["s>ask"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        await house.decide(execution, "ask")
        await house.until(execution, S.SUCCEEDED)


async def test_halted_sending_parks_and_allowing_it_continues_every_edition(house: House) -> None:
    post = Post()
    house.types = {**house.types, "email_sender": node_types()["email_sender"]}
    house.services = replace(house.services, senders={"post": post})
    workflow = make_workflow({"s": "start", "draft": "read", "send": "email_sender"}, ["s>draft", "draft>send"])
    await house.stores.controls.halt_sending()
    async with house.engine() as engine:
        executions = await house.accept(workflow, 3)
        await engine.quiet()
        for execution in executions:
            assert (await house.stores.executions.get(execution.id)).status is S.WAITING
        # A reply of a second edition has a longer id; it must not keep the engine from starting.
        (row, *_) = (await house.stores.outbox.list(state=ReplyState.PENDING)).rows
        await house.stores.outbox.add(replace(row, id=type(row.id)(f"{row.id}/approved")))
    async with house.engine() as engine:
        await engine.quiet()
        assert post.sent == []
        await house.stores.controls.allow_sending()
        engine.wake()
        for execution in executions:
            await house.until(execution, S.SUCCEEDED)
    assert len(post.sent) == 3
    assert house.bench.count("draft") == 3


async def resumed_and_over(house: House, executions: list[Execution]) -> bool:
    """Ask for a resume of what is paused; return whether everything has ended."""
    found = [await house.stores.executions.get(each.id) for each in executions]
    for each in found:
        if each.status is S.PAUSED:
            await house.stores.controls.ask(wish(each, Wish.RESUME))
    return all(each.status.settled for each in found)


@pytest.mark.parametrize("seed", range(4))
async def test_wishes_at_random_moments_run_no_node_twice(house: House, seed: int) -> None:
    chance = random.Random(seed)
    names = ["one", "two", "three", "four", "five"]
    workflow = make_workflow(
        {"s": "start", "one": "read", "two": "effect", "three": "keyed", "four": "read", "five": "effect"},
        ["s>one", "s>two", "one>three", "two>three", "three>four", "three>five"],
    )
    ran: list[tuple[str, str]] = []

    def watched(kind: str) -> None:
        node_type = house.types[kind]

        async def body(context: object, config: object) -> object:
            ran.append((context.execution_id, context.node_id))  # type: ignore[attr-defined]
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            return await node_type.body(context, config)  # type: ignore[arg-type]

        house.types[kind] = replace(node_type, body=body)  # type: ignore[arg-type]

    for kind in ("read", "effect", "keyed"):
        watched(kind)
    async with house.engine(parallel=3) as engine:
        executions = await house.accept(workflow, 6)
        for _ in range(25):
            execution = chance.choice(executions)
            what = chance.choice([Wish.PAUSE, Wish.RESUME, Wish.PAUSE, Wish.RESUME, Wish.CANCEL])
            if what is not Wish.CANCEL or execution is executions[0]:
                await house.stores.controls.ask(wish(execution, what))
            engine.wake()
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)

        await eventually(lambda: resumed_and_over(house, executions))
    assert len(ran) == len(set(ran))
    ends = {each.id: (await house.stores.executions.get(each.id)).status for each in executions}
    for execution_id, status in ends.items():
        nodes = sorted(node for found, node in ran if found == execution_id)
        assert nodes == sorted(names) or (status, execution_id) == (S.CANCELLED, executions[0].id)
