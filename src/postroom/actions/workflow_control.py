"""Control of one workflow and of executions under it: what may be asked of which, and cancelling them all."""

from dataclasses import dataclass
from datetime import datetime

from postroom.actions.control import ask, pause_workflow, resume_workflow
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.control import Request, Wish
from postroom.model.execution import Execution, ExecutionFilter, ExecutionId
from postroom.model.workflow import WorkflowSlug

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOf:
    """What was asked, by whom and when (UTC), of how many executions: of one (`execution_id`) or of the workflow.

    A paused workflow holds its executions back without a request for each: `executions` is 0 then.
    """

    workflow: WorkflowSlug
    execution_id: ExecutionId | None
    wish: Wish
    by: str
    at: datetime
    executions: int


async def ask_of_execution(desk: Desk, slug: WorkflowSlug, execution_id: ExecutionId, wish: Wish) -> AskedOf:
    """Leave a wish for one execution of a workflow.

    Raises:
        NotFoundError: the workflow has no such execution. ConflictError: where it stands, this cannot be done.
    """
    await execution_of(desk.stores, slug, execution_id)
    asked = (await ask(desk, execution_id, wish)).request
    return AskedOf(workflow=slug, execution_id=execution_id, wish=wish, by=asked.by, at=asked.at, executions=1)


async def pause_whole(desk: Desk, slug: WorkflowSlug) -> AskedOf:
    """Pause a workflow.

    Raises:
        NotFoundError: there is none. ConflictError: it is paused already.
    """
    await pause_workflow(desk.stores, slug)
    return _of_all(desk, slug, Wish.PAUSE, 0)


async def resume_whole(desk: Desk, slug: WorkflowSlug) -> AskedOf:
    """Let a paused workflow go on.

    Raises:
        NotFoundError: there is none. ConflictError: it is not paused.
    """
    await resume_workflow(desk.stores, slug)
    return _of_all(desk, slug, Wish.RESUME, 0)


async def cancel_whole(desk: Desk, slug: WorkflowSlug) -> AskedOf:
    """Ask for every execution of a workflow that is not settled to be cancelled, page by page.

    None is missed that was there at the beginning, however its status changes meanwhile.

    Raises:
        NotFoundError: there is none. ConflictError: all of them are settled.
    """
    await desk.stores.workflows.newest(slug)
    count, now = 0, desk.clock.now()
    unsettled = ExecutionFilter(workflow=slug, unsettled=True)
    after: str | None = None
    while True:
        page = await desk.stores.executions.list(unsettled, after=after, limit=PAGE)
        wishes = [Request(execution_id=one.id, wish=Wish.CANCEL, by=desk.by, at=now) for one in page.rows]
        await desk.stores.controls.ask_all(wishes)
        count += len(wishes)
        after = page.next_cursor
        if after is None:
            break
    if count == 0:
        raise ConflictError(
            f"Every execution of the workflow {slug!r} is settled already: there is nothing to cancel.",
            hint="New ones begin as mail arrives; `pause` holds them back.",
        )
    return _of_all(desk, slug, Wish.CANCEL, count)


async def execution_of(stores: Stores, slug: WorkflowSlug, execution_id: ExecutionId) -> Execution:
    """Return an execution of a workflow.

    Raises:
        NotFoundError: there is no such execution, or it belongs to another workflow.
    """
    found = await stores.executions.get(execution_id)
    if found.workflow != slug:
        raise NotFoundError(
            f"The workflow {slug!r} has no execution {execution_id!r}.", hint=f"It belongs to {found.workflow!r}."
        )
    return found


def _of_all(desk: Desk, slug: WorkflowSlug, wish: Wish, executions: int) -> AskedOf:
    return AskedOf(workflow=slug, execution_id=None, wish=wish, by=desk.by, at=desk.clock.now(), executions=executions)
