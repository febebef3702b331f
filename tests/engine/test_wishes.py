"""Wishes for executions that are under way: they hold the next node, and a cancel outweighs a pause."""

import pytest

from engine.house import House, make_workflow
from postroom.engine.conclude import Hold
from postroom.engine.control import Control
from postroom.engine.slots import Slots
from postroom.engine.wishes import Wishes
from postroom.model.control import Request, Wish
from postroom.model.execution import Execution, ExecutionStatus
from postroom.model.workflow import WorkflowSlug


async def under_way(house: House) -> tuple[Wishes, Slots, Execution]:
    """Return wishes about one execution that is under way."""
    (execution,) = await house.accept(make_workflow({"s": "start"}, []))
    slots = Slots(1)
    slots.give(execution)
    wishes = Wishes(house.stores, Control(house.stores, house.services.clock), slots)
    return wishes, slots, execution


async def ask(house: House, execution: Execution, wish: Wish) -> None:
    at = house.services.clock.now()
    await house.stores.controls.ask(Request(execution_id=execution.id, wish=wish, by="ann", at=at))


@pytest.mark.parametrize(
    ("asked", "hold"),
    [
        ([Wish.PAUSE], Hold.PAUSE),
        ([Wish.CANCEL], Hold.CANCEL),
        ([Wish.PAUSE, Wish.CANCEL], Hold.CANCEL),
        ([Wish.CANCEL, Wish.PAUSE], Hold.CANCEL),
        ([Wish.RETRY], None),
    ],
)
async def test_what_is_under_way_is_held_as_was_wished(house: House, asked: list[Wish], hold: Hold | None) -> None:
    wishes, _, execution = await under_way(house)
    for wish in asked:
        await ask(house, execution, wish)
        await wishes.look()
    assert wishes.hold_of(execution) is hold


async def test_a_wish_for_what_is_under_way_stays_in_the_store_until_it_came_true(house: House) -> None:
    wishes, slots, execution = await under_way(house)
    await ask(house, execution, Wish.PAUSE)
    for _ in range(2):
        await wishes.look()
        assert len(await house.stores.controls.requests()) == 1
    slots.leave(execution)
    assert wishes.forget(execution.id) is True
    assert wishes.forget(execution.id) is False
    await wishes.look()
    assert await house.stores.controls.requests() == ()
    assert (await house.stores.executions.get(execution.id)).status is ExecutionStatus.PAUSED


async def test_a_paused_workflow_holds_what_no_wish_does(house: House) -> None:
    wishes, _, execution = await under_way(house)
    await house.stores.controls.pause_workflow(WorkflowSlug("test"))
    await wishes.look_at_pauses()
    assert wishes.hold_of(execution) is Hold.WORKFLOW_PAUSED
    assert wishes.paused_workflows == {"test"}
    await ask(house, execution, Wish.CANCEL)
    await wishes.look()
    assert wishes.hold_of(execution) is Hold.CANCEL
