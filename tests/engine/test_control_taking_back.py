"""Decisions that can be taken back: nothing follows from one before its time, nothing ever from one taken back."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from clocks import SetClock
from engine.house import House, eventually, make_workflow
from nodes.stage import NOW
from postroom.engine.control import Control
from postroom.engine.order import order_for
from postroom.engine.plan import Plans
from postroom.engine.runtime import Engine
from postroom.model.control import Request, Wish
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import NodeId
from postroom.stores.sql.database import Database
from postroom.stores.sql.reviews import SqlReviews

S = ExecutionStatus
WINDOW = timedelta(seconds=30)
ASKING = make_workflow({"s": "start", "ask": "ask", "after": "effect"}, ["s>ask", "ask>after"])
FAILING = make_workflow({"s": "start", "bad": ("read", {"failures": 1, "permanent": True})}, ["s>bad"])


@dataclass
class Desk:
    """A house with a clock of its own, an execution that waits, and a person at its question."""

    house: House
    clock: SetClock
    execution: Execution
    review_id: ReviewId

    async def decide(self, text: str = "yes", *, verdict: Verdict = Verdict.APPROVE) -> None:
        """Decide, so that it can be taken back for a while."""
        now = self.clock.now()
        made = Decision(verdict=verdict, by="kim", at=now, text=text, not_before=now + WINDOW)
        assert await self.house.stores.reviews.decide(self.review_id, made)

    async def undo(self) -> bool:
        return await self.house.stores.reviews.undo(self.review_id, by="kim")

    async def review(self) -> Review:
        return await self.house.stores.reviews.get(self.review_id)

    async def now(self) -> Execution:
        return await self.house.stores.executions.get(self.execution.id)

    async def ask(self, what: Wish) -> None:
        wish = Request(execution_id=self.execution.id, wish=what, by="kim", at=self.clock.now())
        await self.house.stores.controls.ask(wish)

    async def wished(self) -> None:
        """Wait until the engine has carried out what was asked for."""

        async def done() -> bool:
            return await self.house.stores.controls.requests() == ()

        await eventually(done)

    def wait(self, length: timedelta = WINDOW) -> None:
        self.clock.at += length


@pytest.fixture
def clock(house: House) -> SetClock:
    """The clock that the engine goes by; it stands until it is moved."""
    clock = SetClock(NOW)
    house.services = replace(house.services, clock=clock)
    return clock


async def at_desk(house: House, clock: SetClock, engine: Engine, *, failing: bool = False) -> Desk:
    """Bring an execution to its question."""
    (execution,) = await house.accept(FAILING if failing else ASKING)
    engine.wake()
    await house.until(execution, S.FAILED if failing else S.WAITING)
    await engine.quiet()
    (review,) = await house.stores.reviews.of_execution(execution.id)
    return Desk(house, clock, execution, review.id)


async def looked(engine: Engine) -> None:
    """Let the engine look once, and end what it has begun."""
    async with engine._turn:
        await engine._look()
    await engine.quiet()


async def test_nothing_follows_before_its_time_and_then_it_is_carried_out_once(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        desk.wait(WINDOW - timedelta(milliseconds=1))
        await looked(engine)
        assert (await desk.now()).status is S.WAITING
        desk.wait(timedelta(milliseconds=1))
        await house.until(desk.execution, S.SUCCEEDED)
        await looked(engine)
        assert not await desk.undo()
    assert (house.bench.count("ask"), house.bench.count("after")) == (2, 1)
    found = await desk.review()
    assert found.status is ReviewStatus.CLOSED
    assert found.final_decision is not None


async def test_a_decision_that_was_taken_back_has_no_effect_also_after_a_restart(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide("first words")
        assert await desk.undo()
        desk.wait()
        await looked(engine)
        assert (await desk.now()).status is S.WAITING
    async with house.engine() as engine:
        await looked(engine)
        assert (await desk.now()).status is S.WAITING
        assert (await desk.review()).claimed_by == "kim"
        await desk.decide("second words")
        desk.wait()
        ended = await house.until(desk.execution, S.SUCCEEDED)
    assert ended.progress is not None
    given = ended.progress.outcomes[NodeId("ask")].decision
    assert given is not None
    assert given.text == "second words"


@pytest.mark.parametrize("taken_back", [False, True])
async def test_pausing_and_resuming_does_not_let_it_through(house: House, clock: SetClock, *, taken_back: bool) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        await desk.ask(Wish.PAUSE)
        await house.until(desk.execution, S.PAUSED)
        await desk.ask(Wish.RESUME)
        await desk.wished()
        await engine.quiet()
        found = await desk.now()
        assert (found.status, found.run) == (S.WAITING, 2)
        if taken_back:
            assert await desk.undo()
        desk.wait()
        await looked(engine)
        assert (await desk.now()).status is (S.WAITING if taken_back else S.SUCCEEDED)
    assert house.bench.count("after") == (not taken_back)


async def test_what_became_due_while_it_was_paused_is_found_by_the_resumed_run(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        await desk.ask(Wish.PAUSE)
        await house.until(desk.execution, S.PAUSED)
        desk.wait()
        await looked(engine)
        assert (await desk.review()).status is ReviewStatus.CLOSED
        assert not await desk.undo()
        await desk.ask(Wish.RESUME)
        await house.until(desk.execution, S.SUCCEEDED)
        await engine.quiet()
    assert house.bench.count("after") == 1


async def test_a_retry_does_not_let_it_through(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        # As after a run that broke when its question was asked already.
        assert await house.stores.executions.settle(replace(await desk.now(), status=S.FAILED), ())
        await desk.ask(Wish.RETRY)
        await desk.wished()
        await house.until(desk.execution, S.WAITING)
        await engine.quiet()
        assert await desk.undo()
        desk.wait()
        await looked(engine)
        assert (await desk.now()).status is S.WAITING
    assert house.bench.count("after") == 0


async def test_the_decision_of_another_question_does_not_let_it_through(house: House, clock: SetClock) -> None:
    workflow = make_workflow(
        {"s": "start", "ask": "ask", "other": "ask", "after": "effect", "end": "effect"},
        ["s>ask", "s>other", "ask>after", "other>end"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        desk = Desk(house, clock, execution, ReviewId(f"{execution.id}/ask"))
        await desk.decide()
        await house.decide(execution, "other")
        await looked(engine)
        await house.until(execution, S.WAITING)
        assert (house.bench.count("after"), house.bench.count("end")) == (0, 1)
        desk.wait()
        await house.until(execution, S.SUCCEEDED)
        await engine.quiet()
    assert (house.bench.count("after"), house.bench.count("end")) == (1, 1)


@pytest.mark.parametrize("taken_back", [False, True])
async def test_trying_a_failure_again_can_be_taken_back(house: House, clock: SetClock, *, taken_back: bool) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine, failing=True)
        assert (await desk.review()).kind is ReviewKind.FAILURE
        await desk.decide()
        await looked(engine)
        assert (await desk.now()).run == 1
        if taken_back:
            assert await desk.undo()
        desk.wait()
        await looked(engine)
        assert (await desk.now()).status is (S.FAILED if taken_back else S.SUCCEEDED)


async def test_a_retry_by_another_person_settles_a_failure_that_was_just_decided(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine, failing=True)
        await desk.decide()
        await desk.ask(Wish.RETRY)
        await house.until(desk.execution, S.SUCCEEDED)
        assert not await desk.undo()
        desk.wait()
        await looked(engine)
        assert (await desk.now()).run == 2
    assert (await desk.review()).status is ReviewStatus.CLOSED


async def test_cancelling_closes_the_question_for_good(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        await desk.ask(Wish.CANCEL)
        await house.until(desk.execution, S.CANCELLED)
        await desk.wished()
        assert not await desk.undo()
        desk.wait()
        await looked(engine)
        assert not await Control(house.stores, clock).carry_out(desk.review_id)
    assert (await desk.now()).status is S.CANCELLED
    assert (await desk.review()).final_decision is None
    assert house.bench.count("after") == 0


async def test_cancelling_after_it_was_taken_back_closes_the_question_too(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        assert await desk.undo()
        await desk.ask(Wish.CANCEL)
        await house.until(desk.execution, S.CANCELLED)
        await desk.wished()
    assert (await desk.review()).status is ReviewStatus.CLOSED


async def test_a_crash_after_it_became_final_lets_it_be_carried_out_and_not_be_taken_back(
    house: House, clock: SetClock
) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
    await desk.decide()
    desk.wait()
    # The last thing that the process did.
    assert await house.stores.reviews.finalise(desk.review_id, at=clock.now())
    assert not await desk.undo()
    async with house.engine() as engine:
        await house.until(desk.execution, S.SUCCEEDED)
        await looked(engine)
    assert house.bench.count("after") == 1
    assert (await desk.review()).status is ReviewStatus.CLOSED


async def test_a_crash_after_it_was_continued_does_not_continue_it_twice(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
    await desk.decide()
    desk.wait()
    assert await house.stores.reviews.finalise(desk.review_id, at=clock.now())
    # Cut off between the two: the review was not closed.
    assert await house.stores.executions.requeue(desk.execution.id, run=2, status=S.WAITING)
    async with house.engine() as engine:
        await house.until(desk.execution, S.SUCCEEDED)
        await looked(engine)
        assert (await desk.now()).run == 2
    assert house.bench.count("after") == 1
    assert (await desk.review()).status is ReviewStatus.CLOSED


@pytest.mark.parametrize("anew", [False, True])
async def test_what_is_taken_back_while_the_engine_looks_is_not_carried_out(
    house: House, clock: SetClock, *, anew: bool
) -> None:
    class Slow(SqlReviews):
        """A person is faster than the engine: between its look and its act."""

        between: Callable[[], Awaitable[None]] | None = None

        async def decided(self, *, at: datetime, limit: int = 100) -> tuple[Review, ...]:
            found = await super().decided(at=at, limit=limit)
            if found and self.between is not None:
                between, self.between = self.between, None
                await between()
            return found

    database = house.stores.connection
    assert isinstance(database, Database)
    slow = Slow(database)
    house.services = replace(house.services, stores=replace(house.stores, reviews=slow))
    changes: list[bool] = []
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)

        async def change_of_mind() -> None:
            changes.append(await desk.undo())
            if anew:
                await desk.decide("other words")

        async with engine._turn:
            await desk.decide()
            slow.between = change_of_mind
            desk.wait()
            await engine._look()
        assert changes == [True]
        await engine.quiet()
        assert (await desk.now()).status is S.WAITING
        assert (await desk.review()).final_decision is None
        # Its window is still open.
        assert await desk.undo() is anew
    assert house.bench.count("after") == 0


async def test_an_answer_elsewhere_waits_for_a_decision_to_be_taken_back(house: House, clock: SetClock) -> None:
    noted = Decision(verdict=Verdict.ANSWERED_ELSEWHERE, by="mailbox", at=clock.now())
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        await desk.decide()
        assert not await house.stores.reviews.decide(desk.review_id, noted)
        assert await desk.undo()
        assert await house.stores.reviews.decide(desk.review_id, noted)
        assert not await desk.undo()
        ended = await house.until(desk.execution, S.SUCCEEDED)
    assert ended.progress is not None
    assert ended.progress.outcomes[NodeId("ask")].decision == noted


async def test_the_order_of_a_run_holds_final_decisions_only(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
    plans = Plans(house.stores.workflows, house.types)

    async def given() -> list[str]:
        later = replace(await desk.now(), run=2)
        order = await order_for(later, reviews=house.stores.reviews, plans=plans)
        return [each.text for each in order.progress.decisions.values()] if order.progress else []

    await desk.decide("words")
    desk.wait(10 * WINDOW)
    assert await given() == []
    await house.stores.reviews.finalise(desk.review_id, at=clock.now())
    assert await given() == ["words"]


@pytest.mark.parametrize("seed", range(6))
async def test_at_random_moments_what_was_taken_back_is_never_what_was_done(
    house: House, clock: SetClock, seed: int
) -> None:
    chance = random.Random(seed)
    taken_back: set[str] = set()
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        for number in range(40):
            match chance.randrange(6):
                case 0 | 1:
                    now = clock.now()
                    made = Decision(
                        verdict=Verdict.APPROVE, by="kim", at=now, text=f"words {number}", not_before=now + WINDOW
                    )
                    await house.stores.reviews.decide(desk.review_id, made)
                case 2:
                    before = await desk.review()
                    if await desk.undo() and before.decision is not None:
                        taken_back.add(before.decision.text)
                case 3:
                    await desk.ask(chance.choice([Wish.PAUSE, Wish.RESUME]))
                case 4:
                    desk.wait(WINDOW / 3)
                case _:
                    async with engine._turn:
                        await engine._look()
        final = Decision(verdict=Verdict.APPROVE, by="kim", at=clock.now(), text="last words")
        await house.stores.reviews.decide(desk.review_id, final)
        desk.wait()

        async def over() -> bool:
            found = await desk.now()
            if found.status is S.PAUSED:
                await desk.ask(Wish.RESUME)
            return found.status.settled

        await eventually(over)
        ended = await desk.now()
    assert house.bench.count("after") == 1
    assert ended.progress is not None
    done = ended.progress.outcomes[NodeId("ask")].decision
    assert done is not None
    assert done.text not in taken_back
    assert done == (await desk.review()).final_decision


async def test_a_review_of_no_execution_is_closed_when_it_is_due(house: House, clock: SetClock) -> None:
    async with house.engine() as engine:
        desk = await at_desk(house, clock, engine)
        ghost = replace(await desk.review(), id=ReviewId("ghost/ask"), execution_id=ExecutionId("ghost"))
        await house.stores.reviews.add(ghost)
        lost = replace(desk, review_id=ghost.id)
        await lost.decide()
        await looked(engine)
        assert (await lost.review()).status is ReviewStatus.DECIDED
        desk.wait()
        await looked(engine)
    assert (await lost.review()).status is ReviewStatus.CLOSED
