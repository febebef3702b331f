"""An execution: one e-mail's way through one version of a workflow, with a step per node and an event per change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import EmailId, MailboxId
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Decision, ReviewId
from postroom.model.workflow import NodeId, WorkflowSlug

ExecutionId = NewType("ExecutionId", str)


class ExecutionStatus(StrEnum):
    """Where an execution stands. `waiting` waits for a person or for sending to be allowed again."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def settled(self) -> bool:
        """Whether nothing more happens by itself or by a decision, save for a retry."""
        return self in {ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED}


class FinalState(StrEnum):
    """What became of an e-mail, in the words of the summary; each e-mail is in exactly one."""

    ANSWERED = "answered"
    IN_REVIEW = "in_review"
    IGNORED_AUTOMATIC = "ignored_automatic"
    CLOSED = "closed"
    OBSERVED = "observed"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """Where one node of one execution stands."""

    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error as a value: its code, what failed, what to do, and whether waiting may help."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReply:
    """What the sender node did: the row of the outbox and how far it got."""

    reply_id: ReplyId
    state: ReplyState


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of a node gave: the output to follow and the nouns it adds to the execution.

    `note` is one line for the reader of the trace, without mail text. `failure` goes with the output `failed`.
    `waiting_for` parks the execution at this node; its output is then ignored. `ignored` is the reason why the
    e-mail must not be answered.
    """

    output: str
    classification: Classification | None = None
    draft: Draft | None = None
    review_id: ReviewId | None = None
    decision: Decision | None = None
    reply: SentReply | None = None
    ignored: str | None = None
    note: str = ""
    failure: Failure | None = None
    waiting_for: str | None = None


FAILED_OUTPUT = "failed"
HOLD = "hold"
"""What a node waits for that was stopped between two tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What an execution carries from one durable run to the next: the outcomes of its settled nodes.

    `skipped` are nodes on dead paths, `attempts` the tries so far, `decisions` what people decided for parked nodes.
    """

    outcomes: Mapping[NodeId, Outcome]
    skipped: tuple[NodeId, ...] = ()
    attempts: Mapping[NodeId, int]
    decisions: Mapping[NodeId, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One e-mail's way through one version of a workflow.

    `run` counts the durable runs (1 for the first; each continuation after a wait, pause or retry is one more).
    `dry_run` does everything but reach the world.
    """

    id: ExecutionId
    email_id: EmailId
    mailbox_id: MailboxId
    workflow: WorkflowSlug
    version: int
    status: ExecutionStatus
    run: int
    final_state: FinalState | None
    created_at: datetime
    updated_at: datetime
    dry_run: bool = False
    progress: Progress | None = None


class EventKind(StrEnum):
    """What an event tells. Those of a node carry its id; the others concern the whole execution."""

    EXECUTION_QUEUED = "execution_queued"
    EXECUTION_STARTED = "execution_started"
    EXECUTION_WAITING = "execution_waiting"
    EXECUTION_PAUSED = "execution_paused"
    EXECUTION_SUCCEEDED = "execution_succeeded"
    EXECUTION_FAILED = "execution_failed"
    EXECUTION_CANCELLED = "execution_cancelled"
    NODE_STARTED = "node_started"
    NODE_RETRYING = "node_retrying"
    NODE_WAITING = "node_waiting"
    NODE_SUCCEEDED = "node_succeeded"
    NODE_FAILED = "node_failed"
    NODE_SKIPPED = "node_skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of one execution, written once whatever is replayed.

    (`execution_id`, `node_id`, `attempt`, `kind`) is unique; `node_id` is "" and `attempt` the run for events of the
    execution itself. `workflow` is the execution's slug. `cursor` is the order of commit, 0 before it is stored. `at`
    is UTC.
    """

    execution_id: ExecutionId
    node_id: str
    attempt: int
    kind: EventKind
    at: datetime
    note: str = ""
    output: str = ""
    failure: Failure | None = None
    workflow: str = ""
    cursor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events to read; None (and no `kinds`) does not narrow. `since` is included, `until` is not; both UTC."""

    execution_id: ExecutionId | None = None
    workflow: WorkflowSlug | None = None
    node_id: str | None = None
    kinds: tuple[EventKind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


EVERY_EVENT = EventFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """Which executions to list; None does not narrow. `since` and `until` (not included) are about `created_at`.

    `unsettled` leaves out those that have ended. A page shows one moment, so that by going through all of them every
    execution that was there at the beginning and has not ended meanwhile is met, whichever way its status changes.
    """

    workflow: WorkflowSlug | None = None
    status: ExecutionStatus | None = None
    final_state: FinalState | None = None
    mailbox_id: MailboxId | None = None
    email_id: EmailId | None = None
    since: datetime | None = None
    until: datetime | None = None
    unsettled: bool = False


EVERY_EXECUTION = ExecutionFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many executions have begun, and how many have ended in success, failure or by being cancelled."""

    begun: int
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The latest run of one node: status, attempt and times (UTC), folded from its events."""

    node_id: NodeId
    status: StepStatus
    attempt: int
    started_at: datetime | None
    finished_at: datetime | None
    output: str
    note: str
    failure: Failure | None
