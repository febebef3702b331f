"""A reply: what is to be sent, and the row of the outbox that says how far it got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.email import Address, ConversationId, EmailId, MailboxId

ReplyId = NewType("ReplyId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEmail:
    """A composed message: the envelope, the fixed Message-ID (with angle brackets) and the bytes to send."""

    message_id: str
    mail_from: str
    recipient: Address
    content: bytes


class ReplyState(StrEnum):
    """How far a reply got; `sending` is never taken over, after a crash it becomes `uncertain`."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One row of the outbox.

    `lease` counts the claims; `conversation_version` is the version the draft was made for (None: a person approved it,
    so no later message can make it stale). `not_before` delays the sending (UTC). `retried_at` is when a person had
    it tried again after it had failed. `filed` says that a copy lies in the Sent folder, or that none is wanted there.
    `bounced` is what a delivery report said of it, empty without one.
    """

    id: ReplyId
    email_id: EmailId
    mailbox_id: MailboxId
    conversation_id: ConversationId
    outgoing: OutgoingEmail
    conversation_version: int | None
    automatic: bool
    article_ids: tuple[str, ...] = ()
    state: ReplyState = ReplyState.PENDING
    lease: int = 0
    detail: str = ""
    not_before: datetime | None = None
    retried_at: datetime | None = None
    filed: bool = True
    bounced: str = ""
    created_at: datetime
    updated_at: datetime

    @property
    def begun_at(self) -> datetime:
        """Since when it has been tried: patience with its server is reckoned from here."""
        return self.retried_at or self.created_at
