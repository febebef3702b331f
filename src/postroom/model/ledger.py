"""The ledger: what a mailbox gave, once per place in the mailbox, and what it was found to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from postroom.model.email import Email, EmailId, MailboxId, RawEmail
from postroom.model.execution import ExecutionId, ExecutionStatus, FinalState
from postroom.model.workflow import WorkflowSlug


class EntryKind(StrEnum):
    """What an arrival was: new, the same mail in another place, history, or what could not be read or stored.

    New is what is executed: a mail that is known already is new too, in the first mailbox that may answer it. History
    is mail from before the mailbox was connected: stored, but never executed.
    """

    NEW = "new"
    DUPLICATE = "duplicate"
    HISTORY = "history"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A parsed e-mail on its way into the store, with the mailbox's cursor that is true once it is in.

    `email_id` and `execution_id` are made from `content_hash`, so the same mail always has the same ids. `attachments`
    are the bytes by digest. `history` mail gets no execution. `observed` mail came to a mailbox that answers nothing.
    `thread_ids` are the ids it refers to, newest first; `own_thread_ids` those among them that we once sent. One that
    stands `apart` (a person uploaded it) joins no conversation, and its Message-ID leads no other mail into its own; it
    has no cursor (None), as it says nothing of how far its mailbox was read.
    """

    raw: RawEmail
    cursor: str | None
    email: Email
    content_hash: str
    email_id: EmailId
    execution_id: ExecutionId
    workflow: WorkflowSlug
    version: int
    thread_ids: tuple[str, ...]
    own_thread_ids: tuple[str, ...]
    accepted_at: datetime
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    history: bool = False
    observed: bool = False
    dry_run: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What became of an arrival. `already_known` is true where this place in the mailbox was in the ledger before."""

    kind: EntryKind
    email_id: EmailId | None
    execution_id: ExecutionId | None
    already_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One place in a mailbox and what was found there, with the state of its execution where there is one."""

    mailbox_id: MailboxId
    uid_validity: str
    uid: str
    kind: EntryKind
    email_id: EmailId | None
    accepted_at: datetime
    execution_id: ExecutionId | None = None
    status: ExecutionStatus | None = None
    final_state: FinalState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A message that could not be accepted, kept with its bytes (fetched apart) until a person has looked at it.

    `received_at` (UTC) and the sorted `flags` are what the mailbox said of it; None where it came there before they
    were kept.
    """

    id: str
    mailbox_id: MailboxId
    uid_validity: str
    uid: str
    reason: str
    size_bytes: int
    at: datetime
    received_at: datetime | None = None
    flags: tuple[str, ...] | None = None
