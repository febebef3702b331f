"""Execution on demand: of stored e-mails, of those that wait in a mailbox, and of one that a person uploads.

First a plan, which may be kept; then it is carried out, which changes nothing where it was carried out before.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from postroom.actions.desk import Desk
from postroom.actions.once import OnceKey, planned_once
from postroom.actions.status import standing_of
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import Event, EventKind, Execution, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import Workflow, WorkflowSlug

Mailboxes = Mapping[str, Mailbox]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExecution:
    """An execution and its e-mail; one that is `queued` already is not made."""

    execution_id: ExecutionId
    email_id: EmailId
    mailbox_id: MailboxId
    queued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPlan:
    """What is executed, by which version of which workflow, and when that was asked (UTC)."""

    workflow: WorkflowSlug
    version: int
    dry_run: bool
    at: datetime
    executions: tuple[PlannedExecution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionOrder:
    """What is asked for: the workflow, whether the world stays out of it, the mailboxes there are, and the key."""

    workflow: WorkflowSlug
    dry_run: bool
    mailboxes: Mailboxes
    once: OnceKey | None = None


async def execute_stored(desk: Desk, order: ExecutionOrder, email_id: EmailId) -> ExecutionPlan:
    """Execute a stored e-mail once more, on the version in use.

    Raises:
        NotFoundError: there is no such workflow or e-mail. ConflictError: the mailbox of the e-mail was removed, or
        another execution of it is not settled, and this is to be no dry run. KeyReusedError: the key stands for another
        request.
    """

    async def plan() -> str:
        workflow = await desk.stores.workflows.current(order.workflow)
        email = await desk.stores.emails.get(email_id)
        mailbox_id = await desk.stores.ledger.mailbox_of(email.id)
        require_mailbox(mailbox_id, order.mailboxes, of=f"The e-mail {email.id!r}")
        if not order.dry_run:
            await _require_all_settled(desk.stores, email.id)
        return encode(plan_of(desk, order, workflow, [new_execution(email.id, mailbox_id)]))

    return await _carried_out(desk.stores, await planned_once(desk, order.once, plan))


async def execute_waiting(desk: Desk, order: ExecutionOrder, mailbox_id: MailboxId, *, limit: int) -> ExecutionPlan:
    """Execute up to `limit` e-mails of a mailbox that nothing has begun to work on, oldest first.

    Those that are queued in this workflow already keep their execution, unless it is to be a dry run.

    Raises:
        NotFoundError: there is no such workflow or mailbox. ConflictError: nothing waits there.
        KeyReusedError: the key stands for another request.
    """

    async def plan() -> str:
        workflow = await desk.stores.workflows.current(order.workflow)
        if mailbox_id not in order.mailboxes:
            raise NotFoundError(f"There is no mailbox {mailbox_id!r}.", hint=_known(order.mailboxes))
        waiting = [
            PlannedExecution(
                execution_id=ExecutionId(one.execution_id or ""),
                email_id=one.email_id,
                mailbox_id=mailbox_id,
                queued=one.execution_id is not None,
            )
            for one in await desk.stores.emails.waiting(mailbox_id, limit=limit)
        ]
        wanted = await _wanted(desk.stores, order, waiting)
        if not wanted:
            raise ConflictError(
                f"No e-mail of the mailbox {mailbox_id!r} waits for the workflow {order.workflow!r}.",
                hint="Everything that arrived is being worked on; execute one e-mail again by its id.",
            )
        return encode(plan_of(desk, order, workflow, wanted))

    return await _carried_out(desk.stores, await planned_once(desk, order.once, plan))


async def make_executions(stores: Stores, plan: ExecutionPlan) -> None:
    """Queue what is planned; doing it again changes nothing."""
    for one in plan.executions:
        if one.queued:
            continue
        execution = _execution(plan, one)
        await stores.executions.add(execution)
        await stores.executions.record((_queued_event(execution),))


def new_execution(email_id: EmailId, mailbox_id: MailboxId) -> PlannedExecution:
    """Return an execution that nothing else is called."""
    return PlannedExecution(execution_id=new_execution_id(), email_id=email_id, mailbox_id=mailbox_id)


def new_execution_id() -> ExecutionId:
    """Return an id that nothing else has."""
    return ExecutionId(f"ex_{secrets.token_hex(16)}")


def require_mailbox(mailbox_id: MailboxId, mailboxes: Mailboxes, *, of: str) -> Mailbox:
    """Return the mailbox by whose rules something is executed.

    Raises:
        ConflictError: it was removed, or cannot be opened.
    """
    found = mailboxes.get(mailbox_id)
    if found is None:
        raise ConflictError(
            f"{of} belongs to the mailbox {mailbox_id!r}, which was removed or cannot be opened.",
            hint="Its rules say what may be answered: add the mailbox again, or mend it, first.",
        )
    return found


def mailbox_for(workflow: WorkflowSlug, mailbox_id: MailboxId | None, mailboxes: Mailboxes) -> Mailbox:
    """Return the mailbox by whose rules an uploaded e-mail is taken: the named one, or the only one of the workflow.

    Raises:
        InputError: there is no such mailbox, or not exactly one runs the workflow.
    """
    if mailbox_id is not None:
        if mailbox_id not in mailboxes:
            raise InputError(f"There is no mailbox {mailbox_id!r}.", hint=_known(mailboxes))
        return mailboxes[mailbox_id]
    running = [one for one in mailboxes.values() if one.workflow == workflow]
    if len(running) != 1:
        told = "no mailbox runs" if not running else f"{len(running)} mailboxes run"
        raise InputError(
            f"It is not clear whose rules apply: {told} the workflow {workflow!r}.",
            hint=f"Name one as `mailbox_id`. {_known({one.id: one for one in running} or mailboxes)}",
        )
    return running[0]


async def _require_all_settled(stores: Stores, email_id: EmailId) -> None:
    wanted = ExecutionFilter(email_id=email_id)
    async for one in every(lambda after: stores.executions.list(wanted, after=after)):
        if not one.dry_run and not one.status.settled:
            raise ConflictError(
                f"Execution {one.id!r} of the e-mail {email_id!r} is {standing_of(one)}: a second one would ask "
                "people, or answer, beside it.",
                hint="Wait for it, decide its review, or cancel it first; a dry run can begin at once.",
            )


async def _wanted(stores: Stores, order: ExecutionOrder, waiting: Sequence[PlannedExecution]) -> list[PlannedExecution]:
    wanted: list[PlannedExecution] = []
    for one in waiting:
        if order.dry_run:
            wanted.append(new_execution(one.email_id, one.mailbox_id))
        elif not one.queued:
            wanted.append(replace(one, execution_id=_history_execution_id(one, order.workflow)))
        elif (await stores.executions.get(one.execution_id)).workflow == order.workflow:
            # What is queued in another workflow begins there by itself: a second one would only ask people twice.
            wanted.append(one)
    return wanted


def _history_execution_id(one: PlannedExecution, workflow: WorkflowSlug) -> ExecutionId:
    # Two that ask for it at once, and one that asks again, make one execution of it in a workflow.
    digest = sha256(f"{one.email_id} {one.mailbox_id} {workflow}".encode()).hexdigest()
    return ExecutionId(f"ex_{digest[:32]}")


async def _carried_out(stores: Stores, text: str) -> ExecutionPlan:
    plan = decode(ExecutionPlan, text)
    await make_executions(stores, plan)
    return plan


def plan_of(
    desk: Desk, order: ExecutionOrder, workflow: Workflow, executions: Sequence[PlannedExecution]
) -> ExecutionPlan:
    """Return the plan to execute these on a version of the workflow, from now."""
    return ExecutionPlan(
        workflow=workflow.slug,
        version=workflow.version,
        dry_run=order.dry_run,
        at=desk.clock.now(),
        executions=tuple(executions),
    )


def _execution(plan: ExecutionPlan, one: PlannedExecution) -> Execution:
    return Execution(
        id=one.execution_id,
        email_id=one.email_id,
        mailbox_id=one.mailbox_id,
        workflow=plan.workflow,
        version=plan.version,
        status=ExecutionStatus.QUEUED,
        run=1,
        final_state=None,
        created_at=plan.at,
        updated_at=plan.at,
        dry_run=plan.dry_run,
    )


def _queued_event(execution: Execution) -> Event:
    return Event(
        execution_id=execution.id,
        node_id="",
        attempt=1,
        kind=EventKind.EXECUTION_QUEUED,
        at=execution.created_at,
        workflow=execution.workflow,
    )


def _known(mailboxes: Mailboxes) -> str:
    return f"There are: {', '.join(sorted(mailboxes))}." if mailboxes else "There are no mailboxes yet."
