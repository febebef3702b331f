"""Where everything stands: the whole, and one execution node by node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from postroom.actions.alarms import open_alarms
from postroom.engine.history import steps
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.language_models.budget import Purse, SpentToday, spent_today
from postroom.model.alarm import Alarm
from postroom.model.control import Process, Request
from postroom.model.email import Address
from postroom.model.execution import Event, EventFilter, Execution, ExecutionId, ExecutionStatus, Step
from postroom.model.mailbox import Mailbox
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.model.review import Review, ReviewStatus
from postroom.model.workflow import NodeId, WorkflowSlug

ALIVE_SECONDS = 20
NEWEST = 10
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts by state, switches, living processes, the newest executions (without their progress), mailboxes, alarms.

    `mailboxes` are those that people added; that of the settings is not among them. `deferred` says of which of the
    newest executions the reply is tried again, and when (UTC). `language_model` is what one has cost today.
    """

    executions: Mapping[ExecutionStatus, int]
    reviews: Mapping[ReviewStatus, int]
    replies: Mapping[ReplyState, int]
    quarantined: int
    paused_workflows: tuple[WorkflowSlug, ...]
    sending_halted: bool
    requests: tuple[Request, ...]
    processes: tuple[Process, ...]
    newest: tuple[Execution, ...]
    mailboxes: tuple[Mailbox, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    deferred: Mapping[ExecutionId, datetime] = field(default_factory=dict)
    language_model: SpentToday | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyStanding:
    """How far a reply got, without its words; the fields are those of `Reply`."""

    id: ReplyId
    recipient: Address
    state: ReplyState
    detail: str
    not_before: datetime | None
    bounced: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNode:
    """A node of the workflow without its settings; the fields are those of `Node`."""

    id: NodeId
    type: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionStanding:
    """One execution without its progress, its steps in the order of the workflow, nodes not reached, what it led to.

    `title` is the workflow's, `nodes` all of its nodes in their order.
    """

    execution: Execution
    title: str
    steps: tuple[Step, ...]
    not_reached: tuple[NodeId, ...]
    reviews: tuple[Review, ...]
    replies: tuple[ReplyStanding, ...] = ()
    nodes: tuple[NamedNode, ...] = ()


async def overview(stores: Stores, clock: Clock, purse: Purse | None = None) -> Overview:
    """Return where everything stands; `purse` is the language model's that the settings name."""
    page = await stores.executions.list(limit=NEWEST)
    return Overview(
        executions=await stores.executions.count(),
        reviews=await stores.reviews.count(),
        replies=await stores.outbox.count(),
        quarantined=await count_quarantined(stores),
        paused_workflows=tuple(sorted(await stores.controls.paused_workflows())),
        sending_halted=await stores.controls.sending_halted(),
        requests=await stores.controls.requests(),
        processes=await living(stores, clock),
        newest=page.rows,
        mailboxes=await stores.mailboxes.list(),
        alarms=await open_alarms(stores),
        deferred=await _deferred(stores, page.rows),
        language_model=await spent_today(stores.spending, clock, purse) if purse else None,
    )


async def living(stores: Stores, clock: Clock) -> tuple[Process, ...]:
    """Return the processes that run the engine now: those whose heart-beat is younger than 20 s."""
    return await stores.controls.processes(since=clock.now() - timedelta(seconds=ALIVE_SECONDS))


async def standing(stores: Stores, execution_id: ExecutionId) -> ExecutionStanding:
    """Return where one execution stands, node by node.

    Raises:
        NotFoundError: there is none.
    """
    execution = await stores.executions.get(execution_id)
    workflow = await stores.workflows.get(execution.workflow, execution.version)
    order = {node.id: place for place, node in enumerate(workflow.nodes)}
    found = steps(await events_of(stores, execution_id))
    reached = {step.node_id for step in found}
    return ExecutionStanding(
        execution=replace(execution, progress=None),
        title=workflow.title,
        steps=tuple(sorted(found, key=lambda step: order.get(step.node_id, len(order)))),
        not_reached=tuple(node_id for node_id in order if node_id not in reached),
        reviews=await stores.reviews.of_execution(execution_id),
        replies=tuple(_reply(one) for one in await stores.outbox.of_execution(execution_id)),
        nodes=tuple(NamedNode(id=node.id, type=node.type, title=node.title) for node in workflow.nodes),
    )


def standing_of(execution: Execution) -> str:
    """Return where an execution stands, in words: its status, and its final state where that says more."""
    state = execution.final_state.value if execution.final_state else execution.status.value
    named = execution.status.value
    return named if state == named else f"{named} ({state.replace('_', ' ')})"


async def events_of(stores: Stores, execution_id: ExecutionId) -> tuple[Event, ...]:
    """Return all events of one execution, in order of commit."""
    found: list[Event] = []
    of_one = EventFilter(execution_id=execution_id)
    while True:
        events = await stores.executions.events(of_one, after=found[-1].cursor if found else 0, limit=PAGE)
        found.extend(events)
        if len(events) < PAGE:
            return tuple(found)


async def count_quarantined(stores: Stores) -> int:
    """Return how many messages lie in quarantine."""
    return await stores.ledger.count_quarantined()


async def _deferred(stores: Stores, executions: Sequence[Execution]) -> dict[ExecutionId, datetime]:
    found: dict[ExecutionId, datetime] = {}
    for one in executions:
        if one.status is not ExecutionStatus.WAITING:
            continue
        for reply in await stores.outbox.of_execution(one.id):
            if reply.state is ReplyState.PENDING and reply.not_before is not None:
                found[one.id] = reply.not_before
    return found


def _reply(one: Reply) -> ReplyStanding:
    return ReplyStanding(
        id=one.id,
        recipient=one.outgoing.recipient,
        state=one.state,
        detail=one.detail,
        not_before=one.not_before,
        bounced=one.bounced,
    )
