"""Stored e-mails and their conversations."""

from collections.abc import Collection
from typing import Protocol

from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, EmailId, MailboxId, StoredEmail, WaitingEmail
from postroom.model.page import Page


class Emails(Protocol):
    """Reads what the ledger accepted."""

    async def get(self, email_id: EmailId) -> StoredEmail:
        """Return one e-mail.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def some(self, email_ids: Collection[EmailId]) -> dict[EmailId, StoredEmail]:
        """Return those of these e-mails that there are, by id, with one look."""
        ...

    async def raw(self, email_id: EmailId) -> bytes:
        """Return the bytes as the mailbox gave them.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def attachment(self, digest: str) -> bytes:
        """Return the bytes of an attachment.

        Raises:
            NotFoundError: none of that digest is kept.
        """
        ...

    async def list(
        self, mailbox_id: MailboxId | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[StoredEmail]:
        """Return e-mails, all or those that reached one mailbox (first or later), newest first."""
        ...

    async def waiting(self, mailbox_id: MailboxId, *, limit: int) -> tuple[WaitingEmail, ...]:
        """Return e-mails of a mailbox that nothing has begun to work on, oldest first.

        Those whose newest execution is queued in its first run (with its id), and history that has none (None). Dry
        runs do not count: they work on nothing.
        """
        ...

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[StoredEmail]:
        """Return the e-mails of one conversation, oldest first."""
        ...

    async def conversations(self, *, after: str | None = None, limit: int = 50) -> Page[Conversation]:
        """Return conversations, the one with the newest e-mail first."""
        ...

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Return one conversation with its present version.

        Raises:
            NotFoundError: there is none.
        """
        ...
