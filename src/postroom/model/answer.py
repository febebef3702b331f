"""An answer: a sign that a person answered an e-mail outside Postroom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.model.email import MailboxId
from postroom.model.review import ReviewId


class SignKind(StrEnum):
    """What shows that a person answered: a flag on the e-mail, or a message in the Sent folder."""

    FLAGGED = "flagged"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedAnswer:
    r"""A message of the mailbox carries `\Answered` now."""

    mailbox_id: MailboxId
    uid_validity: str
    uid: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """A message in the watched Sent folder that a person sent; `refers_to` are ids it answers, nearest first.

    `recipients` are the bare addresses of To, Cc and Bcc in lower case: without them a forward to a colleague would
    look like an answer. `sent_at` is when the folder got it (UTC). `place` is where the folder keeps it, as
    `UIDVALIDITY/UID`, which tells messages without a Message-ID (empty) from each other.
    """

    mailbox_id: MailboxId
    message_id: str
    refers_to: tuple[str, ...]
    recipients: tuple[str, ...]
    sent_at: datetime
    place: str = ""


Answer = FlaggedAnswer | SentAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredDraft:
    """An undecided review of a draft whose e-mail a person answered outside Postroom, and what shows it."""

    review_id: ReviewId
    sign: SignKind
