"""Mailboxes that people added, with their rules."""

from typing import Protocol

from postroom.model.email import MailboxId
from postroom.model.mailbox import Mailbox


class Mailboxes(Protocol):
    """Keeps mailboxes; their mail stays when one is removed."""

    async def add(self, mailbox: Mailbox) -> bool:
        """Store a new mailbox; False where its id is taken."""
        ...

    async def change(self, mailbox: Mailbox) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        ...

    async def stop(self, mailbox_id: MailboxId, *, reason: str) -> bool:
        """Set a mailbox of mode automatic to review, with `stopped` = `reason`, revision + 1; else False."""
        ...

    async def remove(self, mailbox_id: MailboxId) -> bool:
        """Forget it; False where there is none."""
        ...

    async def get(self, mailbox_id: MailboxId) -> Mailbox:
        """Return one mailbox.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self) -> tuple[Mailbox, ...]:
        """Return all mailboxes by id."""
        ...
