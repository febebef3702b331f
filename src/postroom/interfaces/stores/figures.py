"""Figures: what the store can count for a summary."""

from datetime import datetime
from typing import Protocol

from postroom.model.email import MailboxId
from postroom.model.summary import Backlog, Summary


class Figures(Protocol):
    """Counts inside the store: what a figure costs does not grow with the rows that leave it."""

    async def summary(self, *, since: datetime, until: datetime, mailbox_id: MailboxId | None = None) -> Summary:
        """Return the figures of the e-mails received in that time, of one mailbox or of all."""
        ...

    async def backlog(self) -> Backlog:
        """Return what waits for people now."""
        ...
