"""Steps, folded from events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postroom.engine.history import steps
from postroom.model.execution import Event, EventKind, ExecutionId, Failure, StepStatus

NOW = datetime(2026, 1, 6, tzinfo=UTC)
FAILURE = Failure(code="x", message="broke")


def event(node: str, kind: EventKind, *, attempt: int = 1, second: int = 0, failure: Failure | None = None) -> Event:
    at = NOW + timedelta(seconds=second)
    output = "main" if kind is EventKind.NODE_SUCCEEDED else ""
    return Event(
        execution_id=ExecutionId("x"), node_id=node, attempt=attempt, kind=kind, at=at, output=output, failure=failure
    )


def test_a_node_that_started_and_succeeded_is_one_step_with_both_times() -> None:
    (step,) = steps([event("a", EventKind.NODE_STARTED), event("a", EventKind.NODE_SUCCEEDED, second=3)])
    assert (step.node_id, step.status, step.attempt, step.output) == ("a", StepStatus.SUCCEEDED, 1, "main")
    assert (step.started_at, step.finished_at) == (NOW, NOW + timedelta(seconds=3))


def test_a_start_that_is_stored_after_the_end_changes_only_the_time() -> None:
    (step,) = steps([event("a", EventKind.NODE_SUCCEEDED, second=3), event("a", EventKind.NODE_STARTED)])
    assert step.status is StepStatus.SUCCEEDED
    assert (step.started_at, step.finished_at) == (NOW, NOW + timedelta(seconds=3))


def test_between_two_tries_a_node_is_running_and_shows_why() -> None:
    (step,) = steps([event("a", EventKind.NODE_STARTED), event("a", EventKind.NODE_RETRYING, failure=FAILURE)])
    assert (step.status, step.failure, step.finished_at) == (StepStatus.RUNNING, FAILURE, None)


def test_a_later_attempt_replaces_an_earlier_one() -> None:
    events = [
        event("a", EventKind.NODE_STARTED),
        event("a", EventKind.NODE_FAILED, failure=FAILURE),
        event("a", EventKind.NODE_STARTED, attempt=2, second=9),
    ]
    (step,) = steps(events)
    assert (step.status, step.attempt, step.failure) == (StepStatus.RUNNING, 2, None)
    (step,) = steps([*events, event("a", EventKind.NODE_SUCCEEDED, attempt=2, second=10)])
    assert (step.status, step.started_at) == (StepStatus.SUCCEEDED, NOW + timedelta(seconds=9))


def test_a_skipped_node_that_runs_after_a_retry_shows_its_run() -> None:
    (step,) = steps([event("a", EventKind.NODE_SKIPPED, attempt=0), event("a", EventKind.NODE_STARTED)])
    assert (step.status, step.attempt, step.finished_at) == (StepStatus.RUNNING, 1, None)


def test_a_waiting_node_waits_and_events_of_the_execution_are_no_steps() -> None:
    found = steps([event("", EventKind.EXECUTION_STARTED), event("a", EventKind.NODE_WAITING)])
    assert [(step.node_id, step.status) for step in found] == [("a", StepStatus.WAITING)]


def test_a_waiting_node_has_no_output_and_no_end_until_it_is_done() -> None:
    waiting = replace(event("a", EventKind.NODE_WAITING, second=1), output="sent", note="not taken yet")
    events = [event("a", EventKind.NODE_STARTED), waiting]
    (step,) = steps(events)
    assert (step.status, step.output, step.finished_at, step.note) == (StepStatus.WAITING, "", None, "not taken yet")
    (step,) = steps([*events, event("a", EventKind.NODE_SUCCEEDED, second=3)])
    assert (step.status, step.output, step.finished_at) == (StepStatus.SUCCEEDED, "main", NOW + timedelta(seconds=3))


def test_steps_come_in_the_order_in_which_nodes_first_appear() -> None:
    kinds = EventKind.NODE_STARTED, EventKind.NODE_SUCCEEDED
    found = steps([event("b", kinds[0]), event("a", kinds[0]), event("b", kinds[1]), event("a", kinds[1])])
    assert [step.node_id for step in found] == ["b", "a"]
