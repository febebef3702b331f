"""An e-mail: as a mailbox gave it, as it reads, and as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

EmailId = NewType("EmailId", str)
MailboxId = NewType("MailboxId", str)
ConversationId = NewType("ConversationId", str)

UPLOADED = "uploaded"
"""The caution of an e-mail that a person uploaded: anybody can have written it, whatever it says of its sender."""
WAS_QUARANTINED = "was_quarantined"
FLAGS_UNKNOWN = "flags_unknown"
"""The caution of an e-mail that a person took out of quarantine: it could not be read, or not be kept, as it came."""
UPLOAD_PLACE = "upload"
"""The `uid_validity` of what was uploaded, which no mailbox gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A name (may be empty) and the address it stands for, without CR, LF or NUL in either."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is known of an attachment without its bytes; `digest` is their SHA-256 in hex, by which they are kept."""

    filename: str
    content_type: str
    size_bytes: int
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResult:
    """What one server (`authserv_id`) found of one method (RFC 8601): `spf`, `dkim`, `dmarc` … and `pass`, `fail` …

    `domain` is the one it was found of (`smtp.mailfrom`, `header.d`, `header.from`), empty where none is told. Who may
    be trusted is decided elsewhere: anybody can write such a header.
    """

    authserv_id: str
    method: str
    result: str
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecipient:
    """One recipient of a delivery report (RFC 3464): its address, `action` (`failed`, `delayed` …) and `status`.

    `status` is the enhanced code, as `5.1.1`; empty where the report has none. `detail` is what the server said.
    """

    address: str
    action: str
    status: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a delivery report says: the Message-ID of the mail it is about (None: not told), and of whom."""

    message_id: str | None
    recipients: tuple[FailedRecipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEmail:
    """The bytes of one message and where the mailbox keeps it.

    `uid` is unique within `uid_validity` (RFC 3501 section 2.3.1.1); `received_at` is the mailbox's own arrival
    time, UTC.
    """

    mailbox_id: MailboxId
    uid_validity: str
    uid: str
    received_at: datetime
    content: bytes
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """What an e-mail says, read from its bytes alone.

    `text` is the plain part, else made from HTML, else empty; `new_text`, `quoted_text` and `signature` are cut
    from it.
    `html` is safe to show in a sandboxed frame. `automatic` is the reason why no machine may answer, or None.
    `cautions` are the reasons why only a person may answer. `defects` are codes of what was wrong with the bytes.
    Ids of messages keep their angle brackets. `date` is UTC, `handed_over_at` the time in the topmost Received header.
    `original_from` is who wrote a mail that a list or a colleague passed on, as far as it says; only shown.
    `delivered_to` are the addresses of Delivered-To, X-Original-To and Envelope-To.
    """

    subject: str
    from_address: Address | None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    text: str = ""
    new_text: str = ""
    quoted_text: str = ""
    signature: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    handed_over_at: datetime | None = None
    original_from: Address | None = None
    delivered_to: tuple[str, ...] = ()
    authentication: tuple[AuthenticationResult, ...] = ()
    report: DeliveryReport | None = None
    automatic: str | None = None
    cautions: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEmail:
    """A stored e-mail that nothing has begun to work on, and its queued execution (None: history has none)."""

    email_id: EmailId
    execution_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEmail:
    """An e-mail with its identity and its place: mailbox, conversation and times (UTC).

    `conversation_version` is the version its arrival gave the conversation.
    """

    id: EmailId
    mailbox_id: MailboxId
    conversation_id: ConversationId
    conversation_version: int = 0
    content_hash: str
    received_at: datetime
    accepted_at: datetime
    size_bytes: int
    email: Email
