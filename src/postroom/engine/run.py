"""One durable run of an execution: from its order to its stored end."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from dataclasses import replace

from dbos import DBOS, StepReservation

from postroom.engine.conclude import Hold, failed_nodes, final_state, status_after
from postroom.engine.context import RunSubject, context_for
from postroom.engine.failure_review import failure_review
from postroom.engine.interpret import Walk, interpret
from postroom.engine.log import RunLog
from postroom.engine.plan import Plan, PlannedNode
from postroom.engine.step import NodeRun, run_node
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.node import NodeContext, Services
from postroom.model.email import StoredEmail
from postroom.model.execution import (
    EventKind,
    Execution,
    ExecutionStatus,
    FinalState,
)
from postroom.model.workflow import NodeId

_END_EVENTS = {
    ExecutionStatus.WAITING: EventKind.EXECUTION_WAITING,
    ExecutionStatus.PAUSED: EventKind.EXECUTION_PAUSED,
    ExecutionStatus.QUEUED: EventKind.EXECUTION_PAUSED,
    ExecutionStatus.SUCCEEDED: EventKind.EXECUTION_SUCCEEDED,
    ExecutionStatus.FAILED: EventKind.EXECUTION_FAILED,
    ExecutionStatus.CANCELLED: EventKind.EXECUTION_CANCELLED,
}

HoldOf = Callable[[Execution], Hold | None]


class Run:
    """The effects of one durable run: journalled steps, the log, holds, and what is stored at its end."""

    def __init__(
        self, *, order: Execution, plan: Plan, stored: StoredEmail, services: Services, hold_of: HoldOf
    ) -> None:
        self._order = order
        self._plan = plan
        self._subject = RunSubject(order=order, plan=plan, stored=stored, services=services)
        self._services = services
        self._hold_of = hold_of
        self._log = RunLog(services.stores.executions, services.clock, order)
        self._walk = Walk.resume(order.progress)
        self._hold: Hold | None = None
        self._recorded: frozenset[str] | None = None
        # Drawn in topological order before anything runs, so that a replay gives each node the same step id.
        self._steps: dict[NodeId, StepReservation] = {
            node_id: DBOS.reserve_step()
            for node_id in plan.graph.order
            if plan.nodes[node_id].effect.journalled and node_id not in self._walk.outcomes
        }

    async def to_its_end(self) -> Execution:
        """Run every node that can run and store how the execution stands then."""
        self._log.begin(replace(self._order, status=ExecutionStatus.RUNNING))
        walk = await interpret(self._plan.graph, self._walk, self)
        return await self._store_end(walk)

    async def may_start(self, node_id: NodeId) -> bool:
        """Return True unless the execution is held; even then, what the journal already holds is replayed."""
        hold = self._hold_of(self._order)
        if hold is None:
            return True
        if self._recorded is None:
            self._recorded = await _outside(_recorded_steps, f"{self._order.id}/{self._order.run}")
        graph = self._plan.graph
        replayed = any(
            self._plan.nodes[later].step_name in self._recorded
            and (later == node_id or node_id in graph.ancestors[later])
            for later in graph.order
        )
        if not replayed:
            self._hold = hold
        return replayed

    async def run(self, node_id: NodeId, walk: Walk) -> NodeRun:
        """Run a node, through the journal where its type asks for it."""
        node = self._plan.nodes[node_id]
        context = context_for(self._subject, node_id, walk)
        if node_id not in self._steps:
            return await run_node(node, context, self._log, self._held)
        journalled = await self._steps[node_id].run_async({"name": node.step_name}, self._step, node, context)
        return decode(NodeRun, journalled)

    def skipped(self, node_id: NodeId) -> None:
        """Log a node on a dead path."""
        self._log.skipped(node_id)

    def ended(self, node_id: NodeId, run: NodeRun) -> None:
        """Log how a node ended; also that it started, in case a crash swallowed that."""
        self._log.started(node_id, run.attempt, at=run.started_at)
        self._log.ended(node_id, run.attempt, run.outcome, at=run.finished_at)

    async def _step(self, node: PlannedNode, context: NodeContext) -> str:
        return encode(await run_node(node, context, self._log, self._held))

    def _held(self) -> bool:
        hold = self._hold_of(self._order)
        if hold is not None:
            self._hold = hold
        return hold is not None

    async def _store_end(self, walk: Walk) -> Execution:
        status = status_after(self._plan.graph, walk.outcomes, self._hold)
        ended = replace(
            self._order,
            status=status,
            run=self._order.run + (status is ExecutionStatus.QUEUED),
            final_state=final_state(status, walk.outcomes),
            progress=walk.progress(self._order.progress),
            updated_at=self._services.clock.now(),
        )
        for node_id in failed_nodes(self._plan.graph, walk.outcomes):
            failure = walk.outcomes[node_id].failure
            reason = f"{failure.message} {failure.hint}" if failure else ""
            review = failure_review(self._order, node_id=node_id, reason=reason, at=ended.updated_at)
            await self._services.stores.reviews.add(review)
        self._log.execution(_END_EVENTS[status], note=_note(ended.final_state))
        await self._log.end(ended)
        return ended


def _note(state: FinalState | None) -> str:
    return state.value if state else ""


async def _recorded_steps(run_id: str) -> frozenset[str]:
    steps = await DBOS.list_workflow_steps_async(run_id)
    return frozenset(step["function_name"] for step in steps)


async def _outside(question: Callable[[str], Awaitable[frozenset[str]]], argument: str) -> frozenset[str]:
    # Asked in an empty context: inside the workflow the question itself would draw a step id.
    async def ask() -> frozenset[str]:
        return await question(argument)

    return await asyncio.create_task(ask(), context=contextvars.Context())
