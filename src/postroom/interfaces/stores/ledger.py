"""The ledger: what is the same mail, and how far each mailbox was read."""

from collections.abc import Sequence
from typing import Protocol

from postroom.model.answer import Answer
from postroom.model.conversation import AnsweredConversation
from postroom.model.email import MailboxId, RawEmail
from postroom.model.ledger import Acceptance, Arrival, LedgerEntry, Quarantined
from postroom.model.page import Page


class Ledger(Protocol):
    """Accepts each mail once, however often and from wherever it arrives."""

    async def cursor(self, mailbox_id: MailboxId) -> str | None:
        """Return the cursor that was given to the ledger last: with a message of the mailbox, or alone; or None."""
        ...

    async def known(self, mailbox_id: MailboxId, uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
        """Return those of `uids` that the ledger already has an entry for."""
        ...

    async def accept(self, arrivals: Sequence[Arrival]) -> tuple[Acceptance, ...]:
        """Store each arrival's raw bytes, e-mail, conversation, ledger entry, queued execution and cursor, at once.

        In the order given. A place already in the ledger changes nothing but the cursor (`already_known`): a receiver
        that follows its cursor alone would otherwise get it for ever. The same content in another place gets a
        `duplicate` entry and no execution of its own. Another content under a known Message-ID is new and its e-mail
        gains the caution `message_id_reused`. It joins the conversation of the newest of its `thread_ids` that is
        known, if its sender already takes part in it or the id is among `own_thread_ids` (whoever did not open it gains
        the caution `new_participant`), else it opens one; the conversation's version grows by one. Each new execution
        gets an `execution_queued` event. A `history` arrival that is no duplicate gets a `history` entry, is stored the
        same way and has no execution. Attachments are stored once per digest.

        Raises:
            InputError: the store can never take one of them; nothing of the call is stored.
        """
        ...

    async def quarantine(self, raw: RawEmail, *, cursor: str | None, entry: Quarantined) -> None:
        """Keep a message that cannot be accepted, with its bytes, and move the cursor past it.

        Of a message larger than the store can keep, as many bytes as fit are kept, and the reason says so. A place
        already in the ledger only moves the cursor.
        """
        ...

    async def quarantined(self, *, after: str | None = None, limit: int = 50) -> Page[Quarantined]:
        """Return what is in quarantine, oldest first."""
        ...

    async def quarantined_bytes(self, quarantine_id: str) -> bytes:
        """Return the bytes of one quarantined message.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def keep_cursor(self, mailbox_id: MailboxId, cursor: str) -> None:
        """Store a cursor that came without any message."""
        ...

    async def note_answers(self, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
        """Note signs that a person answered elsewhere, and return the conversations that they concern.

        A flagged answer concerns the conversation of the e-mail in that place, a sent one that of the newest of its
        `refers_to` that is known; signs of nothing known are left out. A sign that is noted for the first time raises
        the version of the conversation (so that drafts made before are stale), and a sent one leads later mail that
        refers to it into the conversation. Noting a sign again changes nothing and returns the same.
        """
        ...

    async def entries(
        self, mailbox_id: MailboxId | None = None, *, after: str | None = None, limit: int = 500
    ) -> Page[LedgerEntry]:
        """Return the entries in the order they were made, each with the present state of its e-mail's execution."""
        ...
