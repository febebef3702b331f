"""An answer: a sign that a person answered an e-mail outside Postroom."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import MailboxId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedAnswer:
    r"""A message of the mailbox carries `\Answered` now."""

    mailbox_id: MailboxId
    uid_validity: str
    uid: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """A message in the watched Sent folder that Postroom did not send; `refers_to` are ids it answers, nearest first.

    `sent_at` is when the folder got it (UTC).
    """

    mailbox_id: MailboxId
    message_id: str
    refers_to: tuple[str, ...]
    sent_at: datetime


Answer = FlaggedAnswer | SentAnswer
