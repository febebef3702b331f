"""Acceptance of raw e-mails: parse, ledger, execution; one bad mail never stops the rest."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from postroom.errors import PostroomError, StoreError
from postroom.guard.arrival import ArrivalFacts, assessed
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import TRUNCATED_FLAG, UNREADABLE_FLAG
from postroom.interfaces.stores.ledger import Ledger
from postroom.mime.content_hash import content_hash
from postroom.mime.message_id import is_our_message_id
from postroom.mime.parse import parse_with_attachments
from postroom.mime.threading_key import thread_ids
from postroom.model.email import EmailId, RawEmail
from postroom.model.execution import ExecutionId
from postroom.model.ledger import Acceptance, Arrival, EntryKind, Quarantined
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.workflow import Workflow

log = structlog.get_logger()

Fetched = tuple[RawEmail, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What acceptance needs: the ledger, the mailbox and its workflow, and what tells that a mail is our own.

    `own_addresses` are those of all mailboxes, `secret` is the key of our Message-IDs.
    """

    ledger: Ledger
    clock: Clock
    mailbox: Mailbox
    workflow: Workflow
    own_addresses: frozenset[str]
    secret: bytes
    max_bytes: int
    dry_run: bool = False


async def accept(intake: Intake, emails: Sequence[Fetched]) -> tuple[Acceptance, ...]:
    """Store each e-mail with its cursor and a queued execution, in the order given; history gets no execution.

    The stored e-mail says, besides what its bytes say, why no machine or only a person may answer it (`guard.arrival`).
    What cannot be read, is too large or cannot be stored alone goes to quarantine with its bytes; the rest go on.

    Raises:
        StoreError: the store cannot be reached; nothing is lost, the mailbox still has them.
    """
    try:
        return await intake.ledger.accept(await asyncio.to_thread(_arrivals, intake, emails))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail must not be lost; the reason is logged.
        if len(emails) > 1:
            # Somewhere in the batch is a mail that cannot be taken: one by one it is found.
            return tuple([one for email in emails for one in await accept(intake, [email])])
        (raw, cursor) = emails[0]
        return (await _shelve(intake, raw, cursor, error),)


def _arrivals(intake: Intake, emails: Sequence[Fetched]) -> list[Arrival]:
    return [arrival_of(intake, raw, cursor) for raw, cursor in emails]


def arrival_of(intake: Intake, raw: RawEmail, cursor: str | None) -> Arrival:
    """Return a raw e-mail as it goes into the store, with the mailbox's cursor that is true once it is in.

    Raises:
        PostroomError: it is larger than allowed, or was not given whole.
    """
    if TRUNCATED_FLAG in raw.flags:
        raise PostroomError(f"The message is larger than allowed: only its first {len(raw.content)} bytes are kept.")
    if UNREADABLE_FLAG in raw.flags:
        raise PostroomError("The mail server cannot give this message: open it with a mail program.")
    if len(raw.content) > intake.max_bytes:
        raise PostroomError(f"The message has {len(raw.content)} bytes, more than {intake.max_bytes}.")
    digest = content_hash(raw.content)
    email, attachments = parse_with_attachments(raw.content)
    now = intake.clock.now()
    found = assessed(
        email,
        ArrivalFacts(
            received_at=raw.received_at,
            flags=raw.flags,
            now=now,
            mailbox=intake.mailbox,
            own_addresses=intake.own_addresses,
            secret=intake.secret,
        ),
    )
    known = thread_ids(email)
    return Arrival(
        raw=raw,
        cursor=cursor,
        email=replace(email, automatic=found.automatic, cautions=found.cautions),
        content_hash=digest,
        email_id=EmailId(f"em_{digest[:32]}"),
        execution_id=ExecutionId(f"ex_{digest[:32]}"),
        workflow=intake.workflow.slug,
        version=intake.workflow.version,
        thread_ids=known,
        own_thread_ids=tuple(each for each in known if is_our_message_id(each, secret=intake.secret)),
        accepted_at=now,
        attachments=attachments,
        history=found.history,
        observed=intake.mailbox.mode is Mode.OBSERVE,
        dry_run=intake.dry_run,
    )


async def _shelve(intake: Intake, raw: RawEmail, cursor: str, error: Exception) -> Acceptance:
    reason = error.message if isinstance(error, PostroomError) else f"{type(error).__name__} while reading it"
    log.error("email_quarantined", mailbox=raw.mailbox_id, uid=raw.uid, reason=reason, hint="Look into the quarantine.")
    entry = Quarantined(
        id=f"qu_{raw.mailbox_id}_{raw.uid_validity}_{raw.uid}",
        mailbox_id=raw.mailbox_id,
        uid_validity=raw.uid_validity,
        uid=raw.uid,
        reason=reason,
        size_bytes=len(raw.content),
        at=intake.clock.now(),
    )
    await intake.ledger.quarantine(raw, cursor=cursor, entry=entry)
    return Acceptance(kind=EntryKind.QUARANTINED, email_id=None, execution_id=None, already_known=False)
