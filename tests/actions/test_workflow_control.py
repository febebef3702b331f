import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import SUPPORT, at, execution, workflow
from postroom.actions.desk import Desk
from postroom.actions.workflow_control import PAGE, cancel_whole, execution_of
from postroom.errors import ConflictError, NotFoundError
from postroom.model.execution import ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug


async def test_more_executions_than_a_page_are_all_asked_to_be_cancelled(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    for number in range(PAGE + 2):
        await desk.stores.executions.add(execution(f"e{number}", status=ExecutionStatus.WAITING))
    await desk.stores.executions.add(replace(execution("other"), workflow=WorkflowSlug("other")))

    asked = await cancel_whole(desk, SUPPORT)

    assert asked.executions == PAGE + 2
    requests = await desk.stores.controls.requests(limit=2 * PAGE)
    assert len(requests) == PAGE + 2
    assert "other" not in {one.execution_id for one in requests}


async def test_no_execution_slips_through_by_moving_while_they_are_asked(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    left = [status for status in ExecutionStatus if not status.settled]
    made = [execution(f"e{number}", status=left[number % len(left)]) for number in range(2 * PAGE + 20)]
    for one in made:
        await desk.stores.executions.add(one)

    asking = asyncio.create_task(cancel_whole(desk, SUPPORT))
    turn = 0
    while not asking.done():
        turn += 1
        moved = [replace(one, run=turn, status=left[(n + turn) % len(left)]) for n, one in enumerate(made)]
        await asyncio.gather(*(desk.stores.executions.settle(one, ()) for one in moved))

    assert (await asking).executions == len(made)
    requests = await desk.stores.controls.requests(limit=2 * len(made))
    assert {one.execution_id for one in requests} == {one.id for one in made}


async def test_there_must_be_something_to_cancel(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        await cancel_whole(desk, SUPPORT)
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    with pytest.raises(ConflictError):
        await cancel_whole(desk, SUPPORT)


async def test_an_execution_is_found_under_its_own_workflow_only(desk: Desk) -> None:
    await desk.stores.executions.add(execution("e1"))

    assert (await execution_of(desk.stores, SUPPORT, ExecutionId("e1"))).id == "e1"
    with pytest.raises(NotFoundError):
        await execution_of(desk.stores, WorkflowSlug("other"), ExecutionId("e1"))
