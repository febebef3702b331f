"""The ledger: what is the same mail, and how far each mailbox was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.answer import Answer, AnsweredDraft
from postroom.model.conversation import AnsweredConversation
from postroom.model.email import EmailId, MailboxId, RawEmail
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
        `duplicate` entry and no execution of its own, unless every earlier copy was history, or was observed while this
        one is not, and this mailbox has none: then it is `new` here, with an execution of its own on the stored e-mail,
        whose `automatic` and `cautions` become this arrival's. Another content under a known Message-ID is new and its
        e-mail gains the caution `message_id_reused`. It joins the conversation of the newest of its `thread_ids` that
        is known, if its sender already takes part in it or the id is among `own_thread_ids` (whoever did not open it
        gains the caution `new_participant`), else it opens one; the conversation's version grows by one. Each new
        execution gets an `execution_queued` event. A `history` arrival that is no duplicate gets a `history` entry, is
        stored the same way and has no execution. Attachments are stored once per digest. An arrival that stands `apart`
        opens a conversation of its own, gains no caution from others, and its Message-ID is not remembered.

        Raises:
            InputError: the store can never take one of them; nothing of the call is stored.
        """
        ...

    async def quarantine(self, raw: RawEmail, *, cursor: str | None, entry: Quarantined) -> None:
        """Keep a message that cannot be accepted, with its bytes, time and flags, and move the cursor past it.

        Of a message larger than the store can keep, as many bytes as fit are kept, and the reason says so. A place
        already in the ledger only moves the cursor.
        """
        ...

    async def quarantined(self, *, after: str | None = None, limit: int = 50) -> Page[Quarantined]:
        """Return what is in quarantine, oldest first."""
        ...

    async def quarantined_entry(self, quarantine_id: str) -> Quarantined:
        """Return what is known of one quarantined message.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def count_quarantined(self) -> int:
        """Return how many messages are in quarantine."""
        ...

    async def quarantined_bytes(self, quarantine_id: str) -> bytes:
        """Return the bytes of one quarantined message.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def dismiss_quarantined(self, quarantine_id: str) -> None:
        """Delete a quarantined message and its bytes; its place stays in the ledger, so that it is not read again.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def accept_quarantined(self, quarantine_id: str, arrival: Arrival) -> Acceptance:
        """Take a message out of quarantine and accept it in its place as `accept` does, both or neither.

        Raises:
            NotFoundError: it is not in quarantine (any more). InputError: the store can never take it.
        """
        ...

    async def keep_cursor(self, mailbox_id: MailboxId, cursor: str) -> None:
        """Store a cursor that came without any message."""
        ...

    async def note_answers(self, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
        """Keep signs that a person answered elsewhere, and return the conversations that they concern.

        A flagged answer concerns the conversation of the e-mail in that place, a sent one that of the newest of its
        `refers_to` that is known and has a correspondent (From or Reply-To) among its recipients. Signs of nothing
        known are kept as well, as their e-mail may come later, and left out of what is returned. A sign that concerns
        a conversation for the first time raises its version (so that drafts made before are stale), and a sent one
        leads later mail that refers to it into the conversation. Noting such a sign again changes nothing and returns
        the same.
        """
        ...

    async def answered_at(self, email_id: EmailId) -> datetime | None:
        """Return the time of the newest sign that a person answered this very e-mail elsewhere, None without one.

        That is a flag on it in one of its places, or a sent answer that refers to its Message-ID and goes to its From
        or Reply-To; whether the sign or the e-mail came first makes no difference.
        """
        ...

    async def answered_drafts(self) -> tuple[AnsweredDraft, ...]:
        """Return the undecided reviews of drafts whose e-mail was answered elsewhere.

        Besides the signs that `answered_at` knows, a sent answer in the conversation that goes to the e-mail's From or
        Reply-To, and is not older than the e-mail, answers it too.
        """
        ...

    async def forget_answers(self, *, before: datetime) -> None:
        """Delete the signs from before that time, and the oldest of more than a store can hold."""
        ...

    async def mailbox_of(self, email_id: EmailId) -> MailboxId:
        """Return the mailbox whose rules an e-mail is executed by: the last one where it was new, else its first one.

        Raises:
            NotFoundError: there is no such e-mail.
        """
        ...

    async def entries(
        self, mailbox_id: MailboxId | None = None, *, after: str | None = None, limit: int = 500
    ) -> Page[LedgerEntry]:
        """Return the entries in the order they were made, each with the present state of its e-mail's execution."""
        ...
