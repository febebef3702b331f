"""The messages are what their models say."""

import json
from dataclasses import fields, replace

import pytest

from api.live.writing import AT, event
from postroom.api.live.messages import (
    ExecutionEvent,
    NodeEvent,
    Reason,
    StreamMessage,
    WorkflowState,
    event_json,
    events_json,
    heartbeat_json,
    snapshot_json,
)
from postroom.model.execution import Event, EventKind, ExecutionStatus, Failure


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_is_described_and_keeps_all_its_fields(kind: EventKind) -> None:
    node_id = "" if kind.value.startswith("execution") else "send"
    failure = Failure(code="plugin", message='It said "no" — 否.', hint="Look.", retryable=True)
    made = replace(event(3), kind=kind, node_id=node_id, failure=failure, note="a\n\"b\" 'c' \u2028", cursor=2**53 + 1)
    text = events_json([event_json(made)], made.cursor)
    message = StreamMessage.model_validate_json(text)
    assert json.loads(message.model_dump_json()) == json.loads(text)
    assert json.loads(text)["events"][0]["cursor"] == 2**53 + 1


@pytest.mark.parametrize("model", [ExecutionEvent, NodeEvent])
def test_the_models_have_the_fields_of_an_event(model: type[ExecutionEvent] | type[NodeEvent]) -> None:
    assert set(model.model_fields) == {each.name for each in fields(Event)}


def test_snapshots_and_heart_beats_are_messages() -> None:
    state = WorkflowState(kind="workflow", workflow="w", paused=True, executions={ExecutionStatus.FAILED: 2})
    for text in (snapshot_json(Reason.BEHIND, 7, state), heartbeat_json(7, AT)):
        assert json.loads(StreamMessage.model_validate_json(text).model_dump_json()) == json.loads(text)
