"""Where a followed workflow or execution stands now, small enough to be told to each who connects."""

from postroom.api.live.messages import ExecutionState, WorkflowState
from postroom.engine.history import steps
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.execution import EventFilter, ExecutionId
from postroom.model.workflow import WorkflowSlug

NEWEST = 2_000
"""From how many of its events at most the steps of an execution are read; each step of a node makes two or three."""


async def topic_of(stores: Stores, workflow: WorkflowSlug, execution_id: ExecutionId | None) -> EventFilter:
    """Return which events are followed: those of one execution of `workflow`, or all of it.

    Raises:
        NotFoundError: there is no such workflow, or it has no such execution.
    """
    if execution_id is None:
        await stores.workflows.current(workflow)
        return EventFilter(workflow=workflow)
    execution = await stores.executions.get(execution_id)
    if execution.workflow != workflow:
        raise NotFoundError(f"The workflow {workflow!r} has no execution {execution_id!r}.")
    return EventFilter(execution_id=execution_id)


async def state_of(stores: Stores, topic: EventFilter) -> WorkflowState | ExecutionState:
    """Return where that execution or workflow stands.

    Raises:
        NotFoundError: the execution was erased.
    """
    if topic.execution_id is not None:
        return await _of_execution(stores, topic, topic.execution_id)
    assert topic.workflow is not None
    return WorkflowState(
        kind="workflow",
        workflow=topic.workflow,
        paused=topic.workflow in await stores.controls.paused_workflows(),
        executions=await stores.executions.count(topic.workflow),
    )


async def _of_execution(stores: Stores, topic: EventFilter, execution_id: ExecutionId) -> ExecutionState:
    execution = await stores.executions.get(execution_id)
    return ExecutionState(
        kind="execution",
        execution_id=execution.id,
        workflow=execution.workflow,
        version=execution.version,
        status=execution.status,
        final_state=execution.final_state,
        run=execution.run,
        steps=steps(await stores.executions.latest_events(topic, limit=NEWEST)),
    )
