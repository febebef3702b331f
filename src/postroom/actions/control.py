"""Control of executions, workflows and sending. Wishes for executions travel to the engine through the store."""

from dataclasses import dataclass

from postroom.actions.desk import Desk
from postroom.actions.status import standing_of
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.control import Request, Wish
from postroom.model.execution import ExecutionId, ExecutionStatus
from postroom.model.reply import ReplyState
from postroom.model.workflow import WorkflowSlug

_ALLOWED = {
    Wish.PAUSE: frozenset({ExecutionStatus.QUEUED, ExecutionStatus.RUNNING, ExecutionStatus.WAITING}),
    Wish.RESUME: frozenset({ExecutionStatus.PAUSED}),
    Wish.CANCEL: frozenset(status for status in ExecutionStatus if not status.settled),
    Wish.RETRY: frozenset({ExecutionStatus.FAILED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRequest:
    """A request that was left for the engine, and where the execution stood then."""

    request: Request
    status: ExecutionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowSwitch:
    """A workflow and whether it is paused now."""

    slug: WorkflowSlug
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Whether sending is halted in all processes, and how many replies have not been sent yet."""

    halted: bool
    pending: int


async def ask(desk: Desk, execution_id: ExecutionId, wish: Wish) -> PendingRequest:
    """Leave a wish for the engine, which carries it out as soon as it looks.

    Raises:
        NotFoundError: there is no such execution. ConflictError: where it stands, this cannot be done.
    """
    execution = await desk.stores.executions.get(execution_id)
    if execution.status not in _ALLOWED[wish]:
        allowed = ", ".join(sorted(status.value for status in _ALLOWED[wish]))
        raise ConflictError(
            f"Execution {execution_id!r} is {standing_of(execution)}: {wish.value} needs one that is {allowed}.",
            hint=f"Look at the execution {execution_id} for where it stands.",
        )
    request = Request(execution_id=execution_id, wish=wish, by=desk.by, at=desk.clock.now())
    await desk.stores.controls.ask(request)
    return PendingRequest(request=request, status=execution.status)


async def pause_workflow(stores: Stores, slug: WorkflowSlug) -> WorkflowSwitch:
    """Pause a workflow: its executions stop before their next node; mail is still received and stored.

    Raises:
        NotFoundError: there is none. ConflictError: it is paused already.
    """
    await stores.workflows.current(slug)
    if slug in await stores.controls.paused_workflows():
        raise ConflictError(f"Workflow {slug!r} is paused already.", hint="Use `resume` to let it go on.")
    await stores.controls.pause_workflow(slug)
    return WorkflowSwitch(slug=slug, paused=True)


async def resume_workflow(stores: Stores, slug: WorkflowSlug) -> WorkflowSwitch:
    """Let a paused workflow go on.

    Raises:
        NotFoundError: there is none. ConflictError: it is not paused.
    """
    await stores.workflows.current(slug)
    if slug not in await stores.controls.paused_workflows():
        raise ConflictError(f"Workflow {slug!r} is not paused.", hint="The list of workflows shows which are.")
    await stores.controls.resume_workflow(slug)
    return WorkflowSwitch(slug=slug, paused=False)


async def stop_sending(stores: Stores) -> Sending:
    """Halt sending in every process, from the next claim on; doing it again changes nothing."""
    await stores.controls.halt_sending()
    return await sending(stores)


async def allow_sending(stores: Stores) -> Sending:
    """Let replies be sent again; doing it again changes nothing."""
    await stores.controls.allow_sending()
    return await sending(stores)


async def sending(stores: Stores) -> Sending:
    """Return whether sending is halted, and what waits."""
    counts = await stores.outbox.count()
    return Sending(halted=await stores.controls.sending_halted(), pending=counts.get(ReplyState.PENDING, 0))
