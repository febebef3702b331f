"""Looks: how the promise of each mailbox stood when it was looked at last."""

from typing import Protocol

from postroom.model.email import MailboxId
from postroom.model.look import Look


class Looks(Protocol):
    """Keeps the last look at each mailbox."""

    async def put(self, look: Look) -> None:
        """Store it in place of the one before."""
        ...

    async def list(self) -> tuple[Look, ...]:
        """Return all of them by mailbox."""
        ...

    async def remove(self, mailbox_id: MailboxId) -> bool:
        """Forget the look at a mailbox; False where there is none."""
        ...
