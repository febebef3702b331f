"""Deferred replies in the engine: they hold no slot, none is forgotten, and a look costs the same however many wait."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clocks import SetClock
from engine.house import House, make_workflow
from engine.test_control import reply_of
from nodes.stage import Post
from postroom.bootstrap import node_types
from postroom.engine.control import DUE_PER_LOOK, PAGE, Control
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Delivery
from postroom.interfaces.stores import Stores
from postroom.model.execution import Execution, ExecutionStatus
from postroom.model.page import Page
from postroom.model.reply import ReplyId

S = ExecutionStatus
WORKFLOW = make_workflow({"s": "start", "draft": "read", "send": "email_sender"}, ["s>draft", "draft>send"])


@dataclass
class Counted:
    """A store that counts the calls of its methods and the rows of its pages."""

    real: object
    calls: Counter[str] = field(default_factory=Counter)

    def __getattr__(self, name: str) -> object:
        method = getattr(self.real, name)

        async def counted(*args: object, **named: object) -> object:
            self.calls[name] += 1
            found = await method(*args, **named)
            self.calls[f"{name}.rows"] += len(getattr(found, "rows", ()))
            return found

        return counted


def counted(stores: Stores) -> tuple[Stores, Counter[str]]:
    """Return the stores with a counted outbox and counted executions, and the counts."""
    calls: Counter[str] = Counter()
    changed = {
        "outbox": Counted(stores.outbox, calls),
        "executions": Counted(stores.executions, calls),
    }
    return replace(stores, **changed), calls  # type: ignore[arg-type]  # The rest is delegated by name.


async def parked(house: House, post: Post, clock: SetClock) -> Execution:
    """Return an execution whose reply was deferred, after its run has ended."""
    house.types = {**house.types, "email_sender": node_types()["email_sender"]}
    house.services = replace(house.services, senders={"post": post}, clock=clock)
    async with house.engine() as engine:
        (execution,) = await house.accept(WORKFLOW)
        await engine.quiet()
    return await house.stores.executions.get(execution.id)


async def test_a_deferred_reply_holds_no_slot_and_is_sent_by_a_later_run_once(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    execution = await parked(house, post, clock)
    assert (execution.status, execution.run, post.sent) == (S.WAITING, 1, [])
    async with house.engine() as engine:
        await engine.quiet()
        assert (await house.stores.executions.get(execution.id)).status is S.WAITING
        clock.at += timedelta(minutes=1)
        async with engine._turn:
            await engine._continue_sending()
        engine.wake()
        await house.until(execution, S.SUCCEEDED)
    assert len(post.sent) == 1
    assert house.bench.count("draft") == 1


async def test_a_reply_that_is_due_while_its_run_is_still_ending_is_found_by_the_next_look(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    execution = await parked(house, post, clock)
    clock.at += timedelta(minutes=1)
    control = Control(house.stores, clock)
    ending = replace(execution, status=S.RUNNING)
    assert await house.stores.executions.settle(ending, ())
    assert await control.continue_sending() == 0
    assert await house.stores.executions.settle(execution, ())
    assert await control.continue_sending() == 1
    assert (await house.stores.executions.get(execution.id)).status is S.QUEUED


async def test_a_look_meets_due_replies_only_and_reads_the_content_of_none(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    later = clock.at + timedelta(hours=2)
    (other,) = await house.accept(make_workflow({"s": "start"}, []))
    rows = [replace(reply_of(other, f"n{number}"), not_before=later) for number in range(2 * DUE_PER_LOOK)]
    await asyncio.gather(*(house.stores.outbox.add(row) for row in rows))
    # The one that is due is the last of all.
    execution = await parked(house, post, clock)
    clock.at += timedelta(minutes=1)
    stores, calls = counted(house.stores)
    assert await Control(stores, clock).continue_sending() == 1
    assert calls == {"due": 1, "due.rows": 1, "get": 1, "get.rows": 0, "requeue": 1, "requeue.rows": 0}
    assert (await house.stores.executions.get(execution.id)).status is S.QUEUED


async def test_replies_that_cannot_go_on_keep_no_other_from_being_sent_however_many_they_are(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    stuck = 2 * DUE_PER_LOOK - 1
    (other,) = await house.accept(make_workflow({"s": "start"}, []))
    rows = [reply_of(other, f"n{number}") for number in range(stuck)]
    await asyncio.gather(*(house.stores.outbox.add(row) for row in rows))
    execution = await parked(house, post, clock)
    clock.at += timedelta(minutes=1)
    stores, calls = counted(house.stores)
    control = Control(stores, clock)
    continued = []
    for _ in range(2):
        before = Counter(calls)
        continued.append(await control.continue_sending())
        assert calls["due"] - before["due"] <= DUE_PER_LOOK // PAGE
        assert calls["due.rows"] - before["due.rows"] <= DUE_PER_LOOK
    assert continued == [0, 1]
    assert (await house.stores.executions.get(execution.id)).status is S.QUEUED
    # From the beginning again.
    assert await control.continue_sending() == 0
    assert calls["due.rows"] == 3 * DUE_PER_LOOK


class Slow:
    """An outbox of which a page is used late: meanwhile a run ends that has parked the reply that was due."""

    def __init__(self, stores: Stores, execution: Execution, clock: SetClock) -> None:
        self._stores, self._execution, self._clock = stores, execution, clock

    async def due(self, *, at: datetime, after: str | None = None, limit: int = 50) -> Page[ReplyId]:
        page = await self._stores.outbox.due(at=at, after=after, limit=limit)
        (reply_id,) = page.rows
        self._clock.at += timedelta(seconds=1)
        until = self._clock.at + timedelta(minutes=1)
        assert await self._stores.outbox.defer(reply_id, until=until, detail="busy")
        ended = replace(self._execution, updated_at=self._clock.at)
        assert await self._stores.executions.settle(ended, ())
        return page


async def test_a_look_that_takes_long_begins_no_run_for_a_reply_that_was_parked_meanwhile(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    execution = await parked(house, post, clock)
    clock.at += timedelta(minutes=1)
    slow = Slow(house.stores, execution, clock)
    stores = replace(house.stores, outbox=slow)  # type: ignore[arg-type]  # It is only looked at.
    assert await Control(stores, clock).continue_sending() == 0
    assert (await house.stores.executions.get(execution.id)).status is S.WAITING
    clock.at += timedelta(minutes=1)
    assert await Control(house.stores, clock).continue_sending() == 1


async def test_a_reply_whose_execution_is_gone_keeps_no_other_from_being_sent(house: House) -> None:
    post, clock = Post(answers=[Delivery.DEFERRED]), SetClock(SystemClock().now())
    (other,) = await house.accept(make_workflow({"s": "start"}, []))
    await house.stores.outbox.add(replace(reply_of(other, "send"), id=ReplyId("ghost/send")))
    await parked(house, post, clock)
    clock.at += timedelta(minutes=1)
    assert await Control(house.stores, clock).continue_sending() == 1
