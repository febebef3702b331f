"""Conclusions about executions: how a run ended, what the next run starts from. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from postroom.model.execution import HOLD, ExecutionStatus, FinalState, Outcome, Progress
from postroom.model.reply import ReplyState
from postroom.model.review import Decision
from postroom.model.workflow import NodeId
from postroom.outbox.verdicts import sends_nothing
from postroom.workflows.graph import Graph, frontier


class Hold(StrEnum):
    """Why a run must start no further node."""

    PAUSE = "pause"
    CANCEL = "cancel"
    WORKFLOW_PAUSED = "workflow_paused"


HELD_STATUS = {
    Hold.PAUSE: ExecutionStatus.PAUSED,
    Hold.CANCEL: ExecutionStatus.CANCELLED,
    # It goes back to the queue, where executions of paused workflows stay.
    Hold.WORKFLOW_PAUSED: ExecutionStatus.QUEUED,
}


def status_after(graph: Graph, outcomes: Mapping[NodeId, Outcome], hold: Hold | None) -> ExecutionStatus:
    """Return where an execution stands after a run; `hold` is given only if it withheld a node."""
    if hold is not None:
        return HELD_STATUS[hold]
    if any(outcome.waiting_for == HOLD for outcome in outcomes.values()):
        # Stopped between two tries by a hold that is gone since (a crash came between): it simply goes on.
        return ExecutionStatus.QUEUED
    if any(outcome.waiting_for is not None for outcome in outcomes.values()):
        return ExecutionStatus.WAITING
    if failed_nodes(graph, outcomes):
        return ExecutionStatus.FAILED
    return ExecutionStatus.SUCCEEDED


def failed_nodes(graph: Graph, outcomes: Mapping[NodeId, Outcome]) -> tuple[NodeId, ...]:
    """Return the nodes whose failure no edge handles, in topological order."""
    return tuple(
        node_id
        for node_id in graph.order
        if (outcome := outcomes.get(node_id)) is not None
        and outcome.failure is not None
        and not graph.handles_failure(node_id)
    )


def final_state(status: ExecutionStatus, outcomes: Mapping[NodeId, Outcome]) -> FinalState | None:
    """Return what has become of the e-mail so far, or None while it is still under way."""
    replies = {outcome.reply.state for outcome in outcomes.values() if outcome.reply is not None}
    states = (
        (ReplyState.UNCERTAIN in replies, FinalState.UNCERTAIN),
        (ReplyState.SENT in replies, FinalState.ANSWERED),
        (status is ExecutionStatus.CANCELLED, FinalState.CANCELLED),
        (status is ExecutionStatus.FAILED, FinalState.FAILED),
        (any(outcome.waiting_for == "review" for outcome in outcomes.values()), FinalState.IN_REVIEW),
        (not status.settled, None),
        (any(outcome.ignored is not None for outcome in outcomes.values()), FinalState.IGNORED_AUTOMATIC),
        (any(_rejected(outcome.decision) for outcome in outcomes.values()), FinalState.CLOSED),
    )
    return next((state for holds, state in states if holds), FinalState.OBSERVED)


def progress_for_next_run(graph: Graph, progress: Progress, decisions: Mapping[NodeId, Decision]) -> Progress:
    """Return what the next run starts from: settled outcomes stay, nodes that waited run again.

    Where nothing waited and nothing was withheld, somebody asked for a retry: then failed nodes run again, too. Dead
    paths are found anew, since a retried node may take another output.
    """
    again = {node_id for node_id, outcome in progress.outcomes.items() if outcome.waiting_for is not None}
    if not again and not frontier(graph, progress.outcomes, progress.skipped, ()).ready:
        again.update(failed_nodes(graph, progress.outcomes))
    return Progress(
        outcomes={node_id: outcome for node_id, outcome in progress.outcomes.items() if node_id not in again},
        attempts=progress.attempts,
        decisions={**progress.decisions, **decisions},
    )


def _rejected(decision: Decision | None) -> bool:
    return decision is not None and sends_nothing(decision)
