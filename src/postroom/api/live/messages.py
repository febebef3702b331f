"""The messages of the live stream, one model each, and their JSON."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel, TypeAdapter

from postroom.model.execution import Event, EventKind, ExecutionStatus, Failure, FinalState, Step

_EXECUTION_ID = "The execution it happened to."
_ATTEMPT = "The try of the node, or the run of the execution."
_AT = "When it happened, UTC."
_NOTE = "One line for the reader, without mail text."
_FAILURE = "What went wrong, null where nothing did."
_WORKFLOW = "The workflow of the execution."
_CURSOR = "Its place in the order of commit; it only grows, with gaps."


class Reason(StrEnum):
    """Why a state is told instead of the changes that led to it."""

    CONNECTED = "connected"
    BEHIND = "behind"
    UNKNOWN_CURSOR = "unknown_cursor"


class ExecutionEvent(BaseModel):
    """A change of an execution as a whole."""

    kind: Literal[
        EventKind.EXECUTION_QUEUED,
        EventKind.EXECUTION_STARTED,
        EventKind.EXECUTION_WAITING,
        EventKind.EXECUTION_PAUSED,
        EventKind.EXECUTION_SUCCEEDED,
        EventKind.EXECUTION_FAILED,
        EventKind.EXECUTION_CANCELLED,
    ]
    execution_id: str = Field(description=_EXECUTION_ID)
    node_id: Literal[""] = Field(description="Always empty: it concerns no single node.")
    attempt: int = Field(description=_ATTEMPT)
    at: datetime = Field(description=_AT)
    note: str = Field(description=_NOTE)
    output: str = Field(description="Empty: executions have no outputs.")
    failure: Failure | None = Field(description=_FAILURE)
    workflow: str = Field(description=_WORKFLOW)
    cursor: int = Field(description=_CURSOR)


class NodeEvent(BaseModel):
    """A change of one node of an execution."""

    kind: Literal[
        EventKind.NODE_STARTED,
        EventKind.NODE_RETRYING,
        EventKind.NODE_WAITING,
        EventKind.NODE_SUCCEEDED,
        EventKind.NODE_FAILED,
        EventKind.NODE_SKIPPED,
    ]
    execution_id: str = Field(description=_EXECUTION_ID)
    node_id: str = Field(description="The node.")
    attempt: int = Field(description=_ATTEMPT)
    at: datetime = Field(description=_AT)
    note: str = Field(description=_NOTE)
    output: str = Field(description="The output that was followed, empty before the node has ended.")
    failure: Failure | None = Field(description=_FAILURE)
    workflow: str = Field(description=_WORKFLOW)
    cursor: int = Field(description=_CURSOR)


class WorkflowState(BaseModel):
    """Where a workflow stands now."""

    kind: Literal["workflow"]
    workflow: str
    paused: bool
    executions: dict[ExecutionStatus, int] = Field(description="How many are in each status; absent: none.")


class ExecutionState(BaseModel):
    """Where an execution stands now, with the steps of the nodes it has reached."""

    kind: Literal["execution"]
    execution_id: str
    workflow: str
    version: int = Field(description="The version of the workflow that it runs.")
    status: ExecutionStatus
    final_state: FinalState | None
    run: int
    steps: tuple[Step, ...]


class EventsMessage(BaseModel):
    """What changed, in the order of commit."""

    type: Literal["events"]
    cursor: int = Field(description="Give it as `after` to go on behind these events.")
    events: list[Annotated[ExecutionEvent | NodeEvent, Field(discriminator="kind")]]


class SnapshotMessage(BaseModel):
    """Where everything stands, told to who did not say from where to go on or cannot go on from there.

    Events behind `cursor` follow. The state may hold some of them already: take the latest by (`execution_id`,
    `node_id`, `attempt`, `kind`), which is unique.
    """

    type: Literal["snapshot"]
    cursor: int = Field(description="Give it as `after` to go on behind this state.")
    reason: Reason
    state: Annotated[WorkflowState | ExecutionState, Field(discriminator="kind")]


class HeartbeatMessage(BaseModel):
    """The stream lives, and nothing that was asked for has happened up to `cursor` that was not told."""

    type: Literal["heartbeat"]
    cursor: int = Field(description="Give it as `after` to go on from here.")
    at: datetime = Field(description="The time of the server, UTC.")


class StreamMessage(
    RootModel[Annotated[EventsMessage | SnapshotMessage | HeartbeatMessage, Field(discriminator="type")]]
):
    """Any message of the stream."""


_EVENT = TypeAdapter(Event)


def event_json(event: Event) -> str:
    """Return one event as it stands in `events`."""
    return _EVENT.dump_json(event).decode()


def events_json(events: Iterable[str], cursor: int) -> str:
    """Return the message that holds `events`, which `event_json` made."""
    return f'{{"type":"events","cursor":{cursor},"events":[{",".join(events)}]}}'


def snapshot_json(reason: Reason, cursor: int, state: WorkflowState | ExecutionState) -> str:
    """Return the message that tells a state."""
    return SnapshotMessage(type="snapshot", cursor=cursor, reason=reason, state=state).model_dump_json()


def heartbeat_json(cursor: int, at: datetime) -> str:
    """Return the message that tells that the stream lives."""
    return HeartbeatMessage(type="heartbeat", cursor=cursor, at=at).model_dump_json()
