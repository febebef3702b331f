"""`/visual/workflows/{id}`: execute, see and control a workflow as its graph shows it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Literal

from fastapi import Query, Request, status
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.execute import ExecutionOrder, ExecutionPlan, execute_stored, execute_waiting
from postroom.actions.status import living, standing
from postroom.actions.upload import Upload, execute_upload
from postroom.actions.workflow_control import (
    AskedOf,
    ask_of_execution,
    cancel_whole,
    execution_of,
    pause_whole,
    resume_whole,
)
from postroom.api.access import Decider, Reader
from postroom.api.audit import note_detail
from postroom.api.brief import brief_of
from postroom.api.caller import Caller
from postroom.api.execute_request import (
    REQUEST_BODY,
    IdempotencyKey,
    RawUpload,
    StoredForm,
    UploadForm,
    WaitingForm,
    message_of,
    once_key,
    read_request,
)
from postroom.api.execution_bodies import (
    ExecutionBody,
    ExecutionStandingBody,
    PlanBody,
    execution_body,
    plan_body,
    standing_body,
)
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import CallError, problems
from postroom.api.routing import router
from postroom.api.visual_logs import OneExecution, Slug
from postroom.api.written import NO_NUL
from postroom.model.control import Process, Wish
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import ExecutionFilter, ExecutionId, ExecutionStatus, Pace
from postroom.model.user import Permission
from postroom.model.workflow import WorkflowSlug

ROUTER = router("/visual/workflows/{id}", "visual workflows")

NEWEST = 10
MOST_NOTED = 8
"""How many executions of one request the audit log names."""


class PacesBody(BaseModel):
    """How many executions began and ended in the last minute and hour."""

    last_minute: Pace
    last_hour: Pace


class WorkflowStandingBody(BaseModel):
    """Where a workflow stands as a whole."""

    subject: Literal["workflow"] = "workflow"
    slug: WorkflowSlug
    title: str
    version: int = Field(description="The version in use.")
    paused: bool
    sending_halted: bool
    executions: dict[ExecutionStatus, int] = Field(description="How many there are in each status (absent: none).")
    pace: PacesBody
    newest: tuple[ExecutionBody, ...] = Field(description="The last 10 executions, newest first.")
    processes: tuple[Process, ...] = Field(description="The processes that run the engine now.")


class ControlForm(BaseModel):
    """Of what something is asked."""

    model_config = ConfigDict(extra="forbid")

    execution_id: str | None = Field(
        default=None,
        max_length=200,
        pattern=NO_NUL,
        description="An execution of the workflow; without it the whole workflow.",
    )


@ROUTER.post(
    "/execute-enhanced",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(404, 409, 415),
    openapi_extra=REQUEST_BODY,
)
async def execute_enhanced(  # noqa: PLR0913 - each is a part of the request.
    slug: Slug,
    request: Request,
    office: OfficeHere,
    caller: Decider,
    mailbox_id: Annotated[
        str | None,
        Query(max_length=200, description="With an uploaded message: whose rules apply; else the only mailbox's."),
    ] = None,
    dry_run: Annotated[
        bool | None, Query(description="With an uploaded message: whether nothing reaches the world (true by default).")
    ] = None,
    idempotency_key: IdempotencyKey = None,
) -> PlanBody:
    """Execute e-mails in a workflow, on the version in use.

    A stored e-mail, those that wait in a mailbox, or a message that is sent along as JSON or as the body itself.
    Of an uploaded message a person looks at every reply, whatever the mailbox allows.
    """
    wanted = await read_request(request, mailbox_id=mailbox_id, dry_run=dry_run)
    parts = (
        ("upload", wanted.content, repr((wanted.mailbox_id, wanted.dry_run)))
        if isinstance(wanted, RawUpload)
        else ("json", type(wanted).__name__, wanted.model_dump_json())
    )
    order = ExecutionOrder(
        workflow=WorkflowSlug(slug),
        dry_run=wanted.dry_run,
        mailboxes=office.standing().mailboxes,
        once=once_key(caller, idempotency_key, "execute", slug, *parts),
    )
    plan = await _execute(office, caller, order, wanted)
    note_detail(request, _noted(plan, wanted))
    office.wake()
    return plan_body(plan)


@ROUTER.get("/status", responses=problems(404))
async def get_workflow_status(
    request: Request, slug: Slug, office: OfficeHere, _caller: Reader, execution_id: OneExecution = None
) -> Annotated[WorkflowStandingBody | ExecutionStandingBody, Field(discriminator="subject")]:
    """Show where a workflow stands, or one execution of it node by node.

    What is counted of a whole workflow is up to a second old.
    """
    if execution_id is None:
        return await _workflow_standing(request, office, WorkflowSlug(slug))
    found = await execution_of(office.stores, WorkflowSlug(slug), ExecutionId(execution_id))
    return standing_body(await standing(office.stores, found.id))


@ROUTER.post("/pause", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def pause_workflow(slug: Slug, office: OfficeHere, caller: Decider, body: ControlForm | None = None) -> AskedOf:
    """Pause a workflow, or one execution of it, before the next node."""
    return await _ask(office, caller, slug, body, Wish.PAUSE)


@ROUTER.post("/resume", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def resume_workflow(slug: Slug, office: OfficeHere, caller: Decider, body: ControlForm | None = None) -> AskedOf:
    """Let a paused workflow, or one paused execution of it, go on."""
    return await _ask(office, caller, slug, body, Wish.RESUME)


@ROUTER.post("/cancel", status_code=status.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def cancel_workflow(slug: Slug, office: OfficeHere, caller: Decider, body: ControlForm | None = None) -> AskedOf:
    """Cancel one execution, or every execution of the workflow that is under way."""
    return await _ask(office, caller, slug, body, Wish.CANCEL)


async def _execute(
    office: Office,
    caller: Caller,
    order: ExecutionOrder,
    wanted: StoredForm | UploadForm | WaitingForm | RawUpload,
) -> ExecutionPlan:
    desk = office.desk(caller)
    match wanted:
        case StoredForm():
            return await execute_stored(desk, order, EmailId(wanted.email_id))
        case WaitingForm():
            return await execute_waiting(desk, order, MailboxId(wanted.mailbox_id), limit=wanted.limit)
        case UploadForm():
            content = message_of(wanted)
        case RawUpload():
            content = wanted.content
    mailbox_id = None if wanted.mailbox_id is None else MailboxId(wanted.mailbox_id)
    return await execute_upload(desk, order, Upload(content=content, mailbox_id=mailbox_id, secret=office.secret))


def _noted(plan: ExecutionPlan, wanted: StoredForm | UploadForm | WaitingForm | RawUpload) -> str:
    """Return for the audit log what is executed: an upload can say that it is from anybody."""
    source = "upload" if isinstance(wanted, UploadForm | RawUpload) else "stored mail"
    shown = [f"{one.execution_id} of {one.email_id}" for one in plan.executions[:MOST_NOTED]]
    more = [f"{len(plan.executions) - MOST_NOTED} more"] if len(plan.executions) > MOST_NOTED else []
    return f"{source}, {'dry run' if plan.dry_run else 'real run'}: {', '.join([*shown, *more])}"


async def _ask(office: Office, caller: Caller, slug: str, body: ControlForm | None, wish: Wish) -> AskedOf:
    desk, workflow = office.desk(caller), WorkflowSlug(slug)
    if body is not None and body.execution_id is not None:
        asked = await ask_of_execution(desk, workflow, ExecutionId(body.execution_id), wish)
    else:
        require_operator(caller)
        match wish:
            case Wish.PAUSE:
                asked = await pause_whole(desk, workflow)
            case Wish.RESUME:
                asked = await resume_whole(desk, workflow)
            case _:
                asked = await cancel_whole(desk, workflow)
    office.wake()
    return asked


def require_operator(caller: Caller) -> None:
    """Pass where the caller may control whole workflows.

    Raises:
        CallError: 403, they may not.
    """
    if Permission.OPERATE not in caller.permissions:
        raise CallError(
            status.HTTP_403_FORBIDDEN,
            f"{caller.name!r} may not do this to a whole workflow: it needs the permission "
            f"{Permission.OPERATE.value!r}.",
            hint="Name one execution, or ask an administrator.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What is counted of a workflow: that reads a row of an index for each execution."""

    executions: dict[ExecutionStatus, int]
    pace: PacesBody


async def _counted(office: Office, slug: WorkflowSlug) -> _Counted:
    executions, now = office.stores.executions, office.clock.now()
    return _Counted(
        executions=await executions.count(slug),
        pace=PacesBody(
            last_minute=await executions.pace(slug, since=now - timedelta(minutes=1)),
            last_hour=await executions.pace(slug, since=now - timedelta(hours=1)),
        ),
    )


async def _workflow_standing(request: Request, office: Office, slug: WorkflowSlug) -> WorkflowStandingBody:
    stores = office.stores
    workflow = await stores.workflows.current(slug)
    counted = await brief_of(request, f"counted_of_{slug}", partial(_counted, office, slug)).get()
    page = await stores.executions.list(ExecutionFilter(workflow=slug), limit=NEWEST)
    return WorkflowStandingBody(
        slug=slug,
        title=workflow.title,
        version=workflow.version,
        paused=slug in await stores.controls.paused_workflows(),
        sending_halted=await stores.controls.sending_halted(),
        executions=counted.executions,
        pace=counted.pace,
        newest=tuple(execution_body(one) for one in page.rows),
        processes=await living(stores, office.clock),
    )
