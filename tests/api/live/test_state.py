"""Where followed things stand."""

import pytest

from api.conftest import Rooms
from api.live.writing import WORKFLOW, event, execution
from postroom.api.live.messages import ExecutionState, WorkflowState
from postroom.api.live.state import state_of, topic_of
from postroom.errors import NotFoundError
from postroom.model.execution import EventFilter, ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug
from postroom.workflows.load import template


async def test_a_workflow_counts_its_own_executions_and_says_whether_it_is_paused(rooms: Rooms) -> None:
    await rooms.stores.executions.add(execution("x1"))
    await rooms.stores.executions.add(execution("x2", workflow=WorkflowSlug("returns")))
    await rooms.stores.controls.pause_workflow(WORKFLOW)
    state = await state_of(rooms.stores, EventFilter(workflow=WORKFLOW))
    assert state == WorkflowState(
        kind="workflow", workflow=WORKFLOW, paused=True, executions={ExecutionStatus.RUNNING: 1}
    )


async def test_an_execution_shows_its_steps(rooms: Rooms) -> None:
    await rooms.stores.executions.add(execution("x1"))
    await rooms.stores.executions.record([event(2)])
    state = await state_of(rooms.stores, EventFilter(execution_id=ExecutionId("x1")))
    assert isinstance(state, ExecutionState)
    assert [(step.node_id, step.attempt) for step in state.steps] == [("classify", 2)]


async def test_a_topic_is_an_execution_of_that_workflow_or_the_whole_of_it(rooms: Rooms) -> None:
    await rooms.stores.workflows.save(template(WORKFLOW), at=rooms.clock.now())
    await rooms.stores.executions.add(execution("x1"))
    assert await topic_of(rooms.stores, WORKFLOW, None) == EventFilter(workflow=WORKFLOW)
    assert await topic_of(rooms.stores, WORKFLOW, ExecutionId("x1")) == EventFilter(execution_id=ExecutionId("x1"))
    with pytest.raises(NotFoundError):
        await topic_of(rooms.stores, WorkflowSlug("returns"), ExecutionId("x1"))
    with pytest.raises(NotFoundError):
        await topic_of(rooms.stores, WorkflowSlug("returns"), None)
