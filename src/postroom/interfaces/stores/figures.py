"""Figures: what the store can count for a summary."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from postroom.model.email import MailboxId
from postroom.model.summary import Backlog, Summary
from postroom.model.waiting import Waiting


class Figures(Protocol):
    """Counts inside the store: what a figure costs does not grow with the rows that leave it."""

    async def summary(self, *, since: datetime, until: datetime, mailbox_id: MailboxId | None = None) -> Summary:
        """Return the figures of the e-mails received in that time, of one mailbox or of all.

        An e-mail counts that the ledger took as new and that no person uploaded; of its executions the newest one that
        is no dry run. Of one mailbox it is what was new, executed and answered there.
        """
        ...

    async def answered_automatically(self, *, since: datetime, until: datetime) -> Mapping[str, int]:
        """Return how many e-mails received in that time a machine answered first, by category; the most frequent."""
        ...

    async def backlog(self) -> Backlog:
        """Return what waits for people now."""
        ...

    async def waiting(self, mailbox_id: MailboxId) -> Waiting:
        """Return what waits in a mailbox, all of it at the same moment."""
        ...
