"""`/executions`: every e-mail's way through a workflow, and what may be asked of it."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi import Request as HttpRequest
from fastapi import status as http
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.control import ask
from postroom.actions.execute import ExecutionOrder
from postroom.actions.rerun import rerun
from postroom.actions.status import standing
from postroom.actions.workflow_log import LogOrder, WantedLog, log_page
from postroom.api.access import Decider, Reader
from postroom.api.audit import note_detail
from postroom.api.caller import Caller
from postroom.api.execute_request import IdempotencyKey, once_key
from postroom.api.execution_bodies import (
    ExecutionBody,
    ExecutionStandingBody,
    PlanBody,
    execution_page,
    plan_body,
    standing_body,
)
from postroom.api.moment import Moment
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import YesNo
from postroom.model.control import Request, Wish
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import Event, ExecutionFilter, ExecutionId, ExecutionStatus, FinalState
from postroom.model.page import Page
from postroom.model.workflow import WorkflowSlug

ROUTER = router("/executions", "executions")


class RerunForm(BaseModel):
    """How an e-mail is executed again."""

    model_config = ConfigDict(extra="forbid")

    dry_run: YesNo | None = Field(
        default=None, description="Do everything but reach the world; null: as the old execution did."
    )


async def _wanted(  # noqa: PLR0913 - each is a parameter of the query.
    workflow: Annotated[str | None, Query(max_length=100, description="The slug of a workflow.")] = None,
    status: Annotated[ExecutionStatus | None, Query(description="Those that stand there.")] = None,
    final_state: Annotated[FinalState | None, Query(description="Those that came to that.")] = None,
    mailbox_id: Annotated[str | None, Query(max_length=200, description="Those of a mailbox.")] = None,
    email_id: Annotated[str | None, Query(max_length=200, description="Those of an e-mail.")] = None,
    since: Annotated[Moment | None, Query(description="Made from this time on.")] = None,
    until: Annotated[Moment | None, Query(description="Made before this time.")] = None,
) -> ExecutionFilter:
    return ExecutionFilter(
        workflow=None if workflow is None else WorkflowSlug(workflow),
        status=status,
        final_state=final_state,
        mailbox_id=None if mailbox_id is None else MailboxId(mailbox_id),
        email_id=None if email_id is None else EmailId(email_id),
        since=since,
        until=until,
    )


@ROUTER.get("")
async def list_executions(
    wanted: Annotated[ExecutionFilter, Depends(_wanted)],
    office: OfficeHere,
    _caller: Reader,
    after: After = None,
    limit: Limit = 50,
) -> Page[ExecutionBody]:
    """List executions, newest first."""
    return execution_page(await office.stores.executions.list(wanted, after=after, limit=limit))


@ROUTER.get("/{execution_id}", responses=problems(404))
async def get_execution(execution_id: str, office: OfficeHere, _caller: Reader) -> ExecutionStandingBody:
    """Show one execution node by node, its reviews and its replies."""
    return standing_body(await standing(office.stores, ExecutionId(execution_id)))


@ROUTER.get("/{execution_id}/events", responses=problems(404))
async def list_execution_events(
    execution_id: str, office: OfficeHere, _caller: Reader, after: After = None, limit: Limit = 50
) -> Page[Event]:
    """List everything that happened to one execution, oldest first."""
    found = await office.stores.executions.get(ExecutionId(execution_id))
    wanted = WantedLog(workflow=found.workflow, execution_id=found.id)
    return await log_page(office.stores, wanted, order=LogOrder.OLDEST, cursor=after, limit=limit)


@ROUTER.post("/{execution_id}/retry", status_code=http.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def retry_execution(execution_id: str, office: OfficeHere, caller: Decider) -> Request:
    """Try a failed execution again, from the node that failed."""
    return await _ask(office, caller, execution_id, Wish.RETRY)


@ROUTER.post("/{execution_id}/rerun", status_code=http.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def rerun_execution(  # noqa: PLR0913 - each is a part of the request.
    request: HttpRequest,
    execution_id: str,
    office: OfficeHere,
    caller: Decider,
    body: RerunForm | None = None,
    idempotency_key: IdempotencyKey = None,
) -> PlanBody:
    """Execute the e-mail of a settled execution once more, on the version in use."""
    old = await office.stores.executions.get(ExecutionId(execution_id))
    wish = body.dry_run if body else None
    order = ExecutionOrder(
        workflow=old.workflow,
        dry_run=old.dry_run if wish is None else wish,
        mailboxes=office.standing().mailboxes,
        once=once_key(caller, idempotency_key, "rerun", execution_id, repr(wish)),
    )
    plan = await rerun(office.desk(caller), order, old.id)
    note_detail(request, ", ".join(one.execution_id for one in plan.executions))
    office.wake()
    return plan_body(plan)


@ROUTER.post("/{execution_id}/pause", status_code=http.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def pause_execution(execution_id: str, office: OfficeHere, caller: Decider) -> Request:
    """Pause an execution before its next node."""
    return await _ask(office, caller, execution_id, Wish.PAUSE)


@ROUTER.post("/{execution_id}/resume", status_code=http.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def resume_execution(execution_id: str, office: OfficeHere, caller: Decider) -> Request:
    """Let a paused execution go on."""
    return await _ask(office, caller, execution_id, Wish.RESUME)


@ROUTER.post("/{execution_id}/cancel", status_code=http.HTTP_202_ACCEPTED, responses=problems(404, 409))
async def cancel_execution(execution_id: str, office: OfficeHere, caller: Decider) -> Request:
    """Cancel an execution: what it has not sent is withdrawn, and its reviews are closed."""
    return await _ask(office, caller, execution_id, Wish.CANCEL)


async def _ask(office: Office, caller: Caller, execution_id: str, wish: Wish) -> Request:
    asked = await ask(office.desk(caller), ExecutionId(execution_id), wish)
    office.wake()
    return asked.request
