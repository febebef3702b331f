"""The order for a run: decisions about its nodes are in it, others are not."""

from dataclasses import replace

from engine.house import House, make_workflow
from postroom.engine.failure_review import failure_review
from postroom.engine.order import order_for
from postroom.engine.plan import Plans
from postroom.model.execution import ExecutionStatus
from postroom.model.review import Decision, ReviewId, ReviewKind, Verdict


async def test_the_first_run_needs_nothing_and_a_later_one_gets_what_people_decided(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask"}, ["s>ask"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    plans = Plans(house.stores.workflows, house.types)
    assert await order_for(execution, reviews=house.stores.reviews, plans=plans) == execution
    await house.decide(execution, "ask")
    now = house.services.clock.now()
    failure = failure_review(execution, node_id="s", reason="broke", at=now)
    await house.stores.reviews.add(failure)
    # Both are about the start, and neither is a decision of that node.
    audit = replace(failure, id=ReviewId("audit"), kind=ReviewKind.AUDIT)
    await house.stores.reviews.add(audit)
    again = Decision(verdict=Verdict.APPROVE, by="ann", at=now)
    for one in (failure, audit):
        assert await house.stores.reviews.decide(one.id, again)
    stored = await house.stores.executions.get(execution.id)
    assert stored.status is ExecutionStatus.WAITING
    order = await order_for(replace(stored, run=2), reviews=house.stores.reviews, plans=plans)
    assert order.progress is not None
    assert list(order.progress.decisions) == ["ask"]
    assert "ask" not in order.progress.outcomes
    assert "s" in order.progress.outcomes
