"""Where everything stands: the whole, and one execution node by node."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from postroom.actions.alarms import open_alarms
from postroom.engine.history import steps
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.alarm import Alarm
from postroom.model.control import Process, Request
from postroom.model.execution import Event, Execution, ExecutionId, ExecutionStatus, Step
from postroom.model.mailbox import Mailbox
from postroom.model.reply import ReplyState
from postroom.model.review import Review, ReviewStatus
from postroom.model.workflow import NodeId, WorkflowSlug

ALIVE_SECONDS = 20
NEWEST = 10
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts by state, switches, living processes, the newest executions (without their progress), mailboxes, alarms.

    `mailboxes` are those that people added; that of the settings is not among them.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionStanding:
    """One execution without its progress, its steps in the order of the workflow, nodes not reached, and its reviews.

    `title` is the workflow's.
    """

    execution: Execution
    title: str
    steps: tuple[Step, ...]
    not_reached: tuple[NodeId, ...]
    reviews: tuple[Review, ...]


async def overview(stores: Stores, clock: Clock) -> Overview:
    """Return where everything stands."""
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
    )


def standing_of(execution: Execution) -> str:
    """Return where an execution stands, in words: its status, and its final state where that says more."""
    state = execution.final_state.value if execution.final_state else execution.status.value
    named = execution.status.value
    return named if state == named else f"{named} ({state.replace('_', ' ')})"


async def events_of(stores: Stores, execution_id: ExecutionId) -> tuple[Event, ...]:
    """Return all events of one execution, in order of commit."""
    found: list[Event] = []
    while True:
        events = await stores.executions.events(execution_id, after=found[-1].cursor if found else 0, limit=PAGE)
        found.extend(events)
        if len(events) < PAGE:
            return tuple(found)


async def count_quarantined(stores: Stores) -> int:
    """Return how many messages lie in quarantine."""
    count = 0
    async for _ in every(lambda after: stores.ledger.quarantined(after=after, limit=PAGE)):
        count += 1
    return count
