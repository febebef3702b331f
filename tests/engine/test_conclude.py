"""Conclusions, by table."""

from datetime import UTC, datetime

import pytest

from engine.house import make_workflow
from postroom.engine.conclude import Hold, failed_nodes, final_state, progress_for_next_run, status_after
from postroom.model.execution import (
    ExecutionStatus,
    Failure,
    FinalState,
    Outcome,
    Progress,
    SentReply,
)
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Decision, Verdict
from postroom.model.workflow import NodeId
from postroom.workflows.graph import compile_graph

GRAPH = compile_graph(
    make_workflow({"s": "start", "a": "pure", "b": "pure", "rescue": "pure"}, ["s>a", "s>b", "b.failed>rescue"])
)
NOW = datetime(2026, 1, 6, tzinfo=UTC)
OK = Outcome(output="main")
FAILED = Outcome(output="failed", failure=Failure(code="x", message="broke"))
ASKS = Outcome(output="main", waiting_for="review")
STOPPED = Outcome(output="failed", waiting_for="hold")
HALTED = Outcome(output="sent", waiting_for="sending")
ELSEWHERE = Outcome(output="rejected", decision=Decision(verdict=Verdict.ANSWERED_ELSEWHERE, by="mailbox", at=NOW))
REJECTED = Outcome(output="rejected", decision=Decision(verdict=Verdict.REJECT, by="ann", at=NOW))
IGNORED = Outcome(output="automatic", ignored="mailing_list")


def replied(state: ReplyState, waiting_for: str | None = None) -> Outcome:
    return Outcome(output="sent", reply=SentReply(reply_id=ReplyId("r"), state=state), waiting_for=waiting_for)


def named(**outcomes: Outcome) -> dict[NodeId, Outcome]:
    return {NodeId(name): outcome for name, outcome in outcomes.items()}


@pytest.mark.parametrize(
    ("outcomes", "hold", "status"),
    [
        ({}, None, ExecutionStatus.SUCCEEDED),
        (named(s=OK, a=OK), None, ExecutionStatus.SUCCEEDED),
        (named(a=ASKS), None, ExecutionStatus.WAITING),
        (named(a=HALTED), None, ExecutionStatus.WAITING),
        (named(a=FAILED), None, ExecutionStatus.FAILED),
        (named(b=FAILED), None, ExecutionStatus.SUCCEEDED),
        (named(a=FAILED, b=ASKS), None, ExecutionStatus.WAITING),
        (named(a=ASKS), Hold.PAUSE, ExecutionStatus.PAUSED),
        (named(a=FAILED), Hold.CANCEL, ExecutionStatus.CANCELLED),
        (named(a=OK), Hold.WORKFLOW_PAUSED, ExecutionStatus.QUEUED),
        (named(a=STOPPED), Hold.PAUSE, ExecutionStatus.PAUSED),
        (named(a=STOPPED, b=ASKS), None, ExecutionStatus.QUEUED),
    ],
)
def test_the_status_after_a_run(outcomes: dict[NodeId, Outcome], hold: Hold | None, status: ExecutionStatus) -> None:
    assert status_after(GRAPH, outcomes, hold) is status


def test_only_failures_that_no_edge_handles_count_in_topological_order() -> None:
    assert failed_nodes(GRAPH, named(rescue=FAILED, b=FAILED, a=FAILED)) == (NodeId("a"), NodeId("rescue"))


@pytest.mark.parametrize(
    ("status", "outcomes", "state"),
    [
        (ExecutionStatus.SUCCEEDED, named(a=replied(ReplyState.SENT)), FinalState.ANSWERED),
        (ExecutionStatus.FAILED, named(a=replied(ReplyState.SENT), b=FAILED), FinalState.ANSWERED),
        (ExecutionStatus.WAITING, named(a=replied(ReplyState.UNCERTAIN, "review")), FinalState.UNCERTAIN),
        (ExecutionStatus.SUCCEEDED, named(a=replied(ReplyState.UNCERTAIN)), FinalState.UNCERTAIN),
        (ExecutionStatus.CANCELLED, named(a=ASKS), FinalState.CANCELLED),
        (ExecutionStatus.CANCELLED, named(a=replied(ReplyState.SENT)), FinalState.ANSWERED),
        (ExecutionStatus.FAILED, named(a=FAILED), FinalState.FAILED),
        (ExecutionStatus.WAITING, named(a=ASKS), FinalState.IN_REVIEW),
        (ExecutionStatus.PAUSED, named(a=ASKS), FinalState.IN_REVIEW),
        (ExecutionStatus.WAITING, named(a=HALTED), None),
        (ExecutionStatus.PAUSED, named(a=OK), None),
        (ExecutionStatus.QUEUED, {}, None),
        (ExecutionStatus.SUCCEEDED, named(s=IGNORED), FinalState.IGNORED_AUTOMATIC),
        (ExecutionStatus.SUCCEEDED, named(a=REJECTED), FinalState.CLOSED),
        (ExecutionStatus.SUCCEEDED, named(a=ELSEWHERE), FinalState.CLOSED),
        (ExecutionStatus.SUCCEEDED, named(a=OK), FinalState.OBSERVED),
    ],
)
def test_what_has_become_of_the_email(
    status: ExecutionStatus, outcomes: dict[NodeId, Outcome], state: FinalState | None
) -> None:
    assert final_state(status, outcomes) is state


def test_a_continued_run_repeats_what_waited_and_nothing_else() -> None:
    old, new = Decision(verdict=Verdict.APPROVE, by="ann", at=NOW), Decision(verdict=Verdict.EDIT, by="bob", at=NOW)
    progress = Progress(
        outcomes=named(s=OK, a=ASKS, b=FAILED, rescue=FAILED),
        skipped=(NodeId("x"),),
        attempts={NodeId("a"): 2},
        decisions={NodeId("old"): old},
    )
    found = progress_for_next_run(GRAPH, progress, {NodeId("a"): new})
    # What failed for good is not tried again because a person answered another question.
    assert found.outcomes == named(s=OK, b=FAILED, rescue=FAILED)
    assert found.attempts == {NodeId("a"): 2}
    assert found.decisions == {NodeId("old"): old, NodeId("a"): new}
    assert found.skipped == ()


def test_a_retry_repeats_what_failed_and_nothing_else() -> None:
    progress = Progress(outcomes=named(s=OK, a=FAILED, b=FAILED, rescue=OK), attempts={}, decisions={})
    found = progress_for_next_run(GRAPH, progress, {})
    # The failure of b was handled by an edge, so it stays.
    assert found.outcomes == named(s=OK, b=FAILED, rescue=OK)


def test_a_resumed_run_does_not_repeat_what_failed_while_other_nodes_have_not_run() -> None:
    progress = Progress(outcomes=named(s=OK, a=FAILED), attempts={}, decisions={})
    assert progress_for_next_run(GRAPH, progress, {}).outcomes == named(s=OK, a=FAILED)
