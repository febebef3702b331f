"""The order for a run: an execution with what its next run starts from."""

from dataclasses import replace

from postroom.engine.conclude import progress_for_next_run
from postroom.engine.plan import Plans
from postroom.interfaces.stores.reviews import Reviews
from postroom.model.execution import Execution, Progress
from postroom.model.review import ReviewKind

_OF_NO_NODE = frozenset({ReviewKind.FAILURE, ReviewKind.AUDIT})


async def order_for(execution: Execution, *, reviews: Reviews, plans: Plans) -> Execution:
    """Return the execution as its run is to begin: settled outcomes stay, and final decisions are in it.

    Raises:
        NotFoundError, ConfigurationError: its workflow cannot be run.
    """
    if execution.run == 1:
        return execution
    asked = await reviews.of_execution(execution.id)
    # One that can still be taken back must not be acted on, whatever began this run.
    decisions = {review.node_id: review.final_decision for review in asked if review.kind not in _OF_NO_NODE}
    plan = await plans.get(execution.workflow, execution.version)
    given = {node_id: decision for node_id in plan.nodes if (decision := decisions.get(node_id)) is not None}
    before = execution.progress or Progress(outcomes={}, attempts={}, decisions={})
    return replace(execution, progress=progress_for_next_run(plan.graph, before, given))
