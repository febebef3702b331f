"""What cannot be begun leaves its slot free; what can is begun by the tests of the whole engine."""

from dataclasses import replace

from engine.house import House, make_workflow
from postroom.engine.control import Control
from postroom.engine.plan import NodeTypes, Plans
from postroom.engine.queue import Queue
from postroom.engine.slots import Slots
from postroom.model.execution import Execution, ExecutionStatus

WORKFLOW = make_workflow({"s": "start"}, [])


async def queued_again(house: House) -> Execution:
    """Return an execution whose second run is queued, so that its workflow is looked at before it begins."""
    (first,) = await house.accept(WORKFLOW)
    await house.stores.executions.requeue(first.id, run=2, status=ExecutionStatus.QUEUED)
    return await house.stores.executions.get(first.id)


def queue_of(house: House, slots: Slots, types: NodeTypes) -> Queue:
    plans = Plans(house.stores.workflows, types)
    return Queue(house.stores, plans, Control(house.stores, house.services.clock), slots, rest=slots.leave)


async def test_an_execution_whose_workflow_cannot_be_run_comes_before_a_person_and_frees_its_slot(house: House) -> None:
    execution = await queued_again(house)
    slots = Slots(1)
    await queue_of(house, slots, {}).refill()
    assert slots.free == 1
    assert (await house.stores.executions.get(execution.id)).status is ExecutionStatus.FAILED
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert "start" in review.reason


async def running_by_the_store(house: House) -> Execution:
    """Return an execution that runs by the store, of which the journal knows nothing."""
    (queued,) = await house.accept(WORKFLOW)
    running = replace(queued, status=ExecutionStatus.RUNNING)
    assert await house.stores.executions.settle(running, ())
    return running


async def test_what_runs_by_the_store_and_not_here_is_begun_again(house: House) -> None:
    async with house.engine() as engine:
        await engine.quiet()
        execution = await running_by_the_store(house)
        await queue_of(house, Slots(1), house.types).sweep()
        assert (await house.until(execution, ExecutionStatus.SUCCEEDED)).run == execution.run + 1


async def test_what_runs_here_is_left_alone(house: House) -> None:
    execution = await running_by_the_store(house)
    slots = Slots(1)
    slots.give(execution)
    await queue_of(house, slots, house.types).sweep()
    assert await house.stores.executions.get(execution.id) == execution


async def test_without_room_or_after_closing_nothing_is_begun(house: House) -> None:
    execution = await queued_again(house)
    await queue_of(house, Slots(0), {}).begin_anew()
    closed = queue_of(house, Slots(1), {})
    closed.close()
    await closed.begin_anew()
    assert await house.stores.executions.get(execution.id) == execution
