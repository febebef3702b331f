"""The outbox: one row per reply, claimed before it is handed over."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from postroom.interfaces.provider import Claim
from postroom.model.email import ConversationId, EmailId, MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.page import Page
from postroom.model.reply import Reply, ReplyId, ReplyState


class Outbox(Protocol):
    """Sees to it that a reply is handed over at most once (engine rules, section Sending)."""

    async def add(self, reply: Reply) -> Reply:
        """Store a pending reply and return it; where its id is taken, return the stored one unchanged."""
        ...

    async def get(self, reply_id: ReplyId) -> Reply:
        """Return one reply.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def claim(self, reply_id: ReplyId, *, lease: int, at: datetime, told: Collection[str] = ()) -> Claim:
        """Compare-and-set: pending with lease `lease - 1` → sending with `lease`, in one atomic look.

        `HALTED` while sending is halted or `not_before` lies ahead; `STALE` where the conversation has another version
        than the reply was made for, or where a reply of another execution to the same e-mail is sending, sent or
        uncertain; `TAKEN` where the row is not pending or has another lease. A person who wants this one all the same
        was told of the others in `told`: those do not count.
        """
        ...

    async def record(self, reply_id: ReplyId, *, lease: int, state: ReplyState, detail: str, at: datetime) -> bool:
        """Compare-and-set: sending with `lease` → `state`; False where the lease is gone."""
        ...

    async def settle(self, reply_id: ReplyId, *, before: ReplyState, after: ReplyState, detail: str) -> bool:
        """Compare-and-set of the state alone, as a person or a recovery decides; False where it is not `before`."""
        ...

    async def defer(self, reply_id: ReplyId, *, until: datetime, detail: str) -> bool:
        """Compare-and-set: pending → pending with `not_before` = `until`; False where it is not pending."""
        ...

    async def retry(self, reply_id: ReplyId, *, at: datetime, detail: str) -> bool:
        """Compare-and-set: failed → pending, due at once and `retried_at` = `at`; False where it is not failed."""
        ...

    async def due(self, *, at: datetime, after: str | None = None, limit: int = 50) -> Page[ReplyId]:
        """Return the pending replies that may be sent at `at`, longest due first; no content is read.

        Those without `not_before` come first, in the order they were stored.
        """
        ...

    async def by_message_id(self, message_id: str) -> Reply | None:
        """Return the reply that has this Message-ID (with angle brackets), None where there is none."""
        ...

    async def bounced(self, reply_id: ReplyId, *, detail: str) -> None:
        """Note what a delivery report said of a reply; the first one stays."""
        ...

    async def unfiled(self, mailbox_id: MailboxId, *, limit: int = 50) -> tuple[Reply, ...]:
        """Return sent replies of a mailbox whose copy does not lie in its Sent folder yet, oldest first."""
        ...

    async def filed(self, reply_id: ReplyId) -> None:
        """Note that the copy of a reply lies in the Sent folder."""
        ...

    async def list(self, *, state: ReplyState | None = None, after: str | None = None, limit: int = 50) -> Page[Reply]:
        """Return replies, oldest first."""
        ...

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[Reply]:
        """Return the replies in one conversation, oldest first."""
        ...

    async def of_email(self, email_id: EmailId, *, after: str | None = None, limit: int = 50) -> Page[Reply]:
        """Return the replies to one e-mail, of all its executions, oldest first."""
        ...

    async def of_execution(self, execution_id: ExecutionId) -> tuple[Reply, ...]:
        """Return all replies of an execution, oldest first: those whose id begins with `<execution_id>/`."""
        ...

    async def count(self) -> dict[ReplyState, int]:
        """Return how many replies there are in each state (absent: none)."""
        ...
