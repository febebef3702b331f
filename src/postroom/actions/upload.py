"""An uploaded e-mail: stored apart from the mail of its mailbox, and executed like it, at most to a draft."""

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256

from postroom.actions.desk import Desk
from postroom.actions.execute import (
    ExecutionOrder,
    ExecutionPlan,
    PlannedExecution,
    mailbox_for,
    new_execution_id,
    plan_of,
)
from postroom.actions.once import planned_once
from postroom.errors import NotFoundError
from postroom.guard.arrival import ArrivalFacts, assessed
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.stores import Stores
from postroom.mime.content_hash import content_hash
from postroom.mime.parse import parse_with_attachments
from postroom.model.email import UPLOAD_PLACE, UPLOADED, EmailId, MailboxId, RawEmail
from postroom.model.execution import ExecutionId
from postroom.model.ledger import Arrival
from postroom.model.mailbox import Mailbox, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The bytes of a message, the mailbox it is for (None: the only one of the workflow), and our own key."""

    content: bytes
    mailbox_id: MailboxId | None
    secret: bytes


async def execute_upload(desk: Desk, order: ExecutionOrder, upload: Upload) -> ExecutionPlan:
    """Store an uploaded message and execute it by the rules of its mailbox, on the version in use.

    Anybody can have written it, whatever it says of its sender: it has the caution `uploaded`, so that no reply goes
    out without a person. It joins no conversation, is no copy of any other mail and moves no cursor.

    Raises:
        NotFoundError: there is no such workflow. InputError: it is not clear which mailbox it is for, or it can never
        be stored. KeyReusedError: the key stands for another request.
    """

    async def plan() -> str:
        workflow = await desk.stores.workflows.current(order.workflow)
        mailbox = mailbox_for(order.workflow, upload.mailbox_id, order.mailboxes)
        execution_id = new_execution_id()
        digest = await asyncio.to_thread(salted_hash, upload.content, execution_id)
        planned = PlannedExecution(
            execution_id=execution_id, email_id=EmailId(f"em_{digest[:32]}"), mailbox_id=mailbox.id
        )
        return encode(plan_of(desk, order, workflow, [planned]))

    found = decode(ExecutionPlan, await planned_once(desk, order.once, plan))
    (one,) = found.executions
    if not await _is_there(desk.stores, one.execution_id):
        mailbox = mailbox_for(order.workflow, one.mailbox_id, order.mailboxes)
        arrival = await asyncio.to_thread(_arrival, found, upload, mailbox, _addresses(order))
        await desk.stores.ledger.accept([arrival])
    return found


def salted_hash(content: bytes, execution_id: ExecutionId) -> str:
    """Return the content hash of an uploaded message: no mail of a mailbox, and no other upload, has the same."""
    return sha256(f"{content_hash(content)} {UPLOAD_PLACE} {execution_id}".encode()).hexdigest()


async def _is_there(stores: Stores, execution_id: ExecutionId) -> bool:
    try:
        await stores.executions.get(execution_id)
    except NotFoundError:
        return False
    return True


def _arrival(plan: ExecutionPlan, upload: Upload, mailbox: Mailbox, own_addresses: frozenset[str]) -> Arrival:
    (one,) = plan.executions
    email, attachments = parse_with_attachments(upload.content)
    found = assessed(
        email,
        ArrivalFacts(
            received_at=plan.at,
            flags=frozenset(),
            now=plan.at,
            mailbox=mailbox,
            own_addresses=own_addresses,
            secret=upload.secret,
        ),
    )
    return Arrival(
        raw=RawEmail(
            mailbox_id=mailbox.id,
            uid_validity=UPLOAD_PLACE,
            uid=one.execution_id,
            received_at=plan.at,
            content=upload.content,
        ),
        cursor=None,
        email=replace(email, automatic=found.automatic, cautions=(*found.cautions, UPLOADED)),
        content_hash=salted_hash(upload.content, one.execution_id),
        email_id=one.email_id,
        execution_id=one.execution_id,
        workflow=plan.workflow,
        version=plan.version,
        thread_ids=(),
        own_thread_ids=(),
        accepted_at=plan.at,
        attachments=attachments,
        observed=mailbox.mode is Mode.OBSERVE,
        dry_run=plan.dry_run,
        apart=True,
    )


def _addresses(order: ExecutionOrder) -> frozenset[str]:
    return frozenset(address for mailbox in order.mailboxes.values() for address in mailbox.addresses)
