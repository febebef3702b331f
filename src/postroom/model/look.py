"""The last look at the promise of a mailbox: what was proven there, and from when on judgements count."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import MailboxId
from postroom.model.judgement import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found when a mailbox was looked at; (`mailbox_id`) is unique. Times are UTC.

    `decider` is who was proven the last time that anybody was, from the score `threshold` (0..1) on, and `at` when that
    was seen last; both are None where nothing was proven yet, and `at` is then when it was looked at first.

    `box` says in a checksum which mail the settings read there, and only what is judged from `since` on is about that
    mail (None: everything is). Both are empty for a mailbox that people added: it knows when it was connected.
    """

    mailbox_id: MailboxId
    at: datetime
    decider: Decider | None = None
    threshold: float | None = None
    box: str = ""
    since: datetime | None = None
