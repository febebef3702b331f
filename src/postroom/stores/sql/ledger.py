"""The ledger in SQL: what was accepted, where it lay, and how far each mailbox was read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, func, insert, literal, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.answer import Answer, AnsweredDraft
from postroom.model.conversation import AnsweredConversation
from postroom.model.email import ConversationId, EmailId, MailboxId, RawEmail
from postroom.model.ledger import Acceptance, Arrival, EntryKind, LedgerEntry, Quarantined
from postroom.model.page import Page
from postroom.stores.sql.acceptance import Additions, Copy, Known, decide, place_of, takes_over
from postroom.stores.sql.answers import answered_at, answered_drafts, forget, note
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import (
    Values,
    conversation_of,
    conversation_row,
    email_of,
    email_row,
    entry_of,
    event_row,
    execution_row,
    millis,
    quarantined_of,
)
from postroom.stores.sql.search_index import index_emails, index_further_mailboxes
from postroom.stores.sql.sqlite import largest_row_bytes
from postroom.stores.sql.statements import execute_all, in_chunks, insert_once, insert_or_replace
from postroom.stores.sql.tables import (
    attachments,
    conversations,
    email_contents,
    emails,
    events,
    executions,
    further_mailboxes,
    ledger,
    mailbox_cursors,
    message_ids,
    quarantine,
    quarantine_contents,
)

# What a row of the quarantine needs beside the bytes and the id of the message, with room to spare.
ROW_MARGIN_BYTES = 100

CURSOR = select(mailbox_cursors.c.cursor).where(mailbox_cursors.c.mailbox_id == bindparam("mailbox_id"))
KNOWN_PLACES = select(ledger.c.uid, ledger.c.kind, ledger.c.email_id, ledger.c.execution_id).where(
    ledger.c.mailbox_id == bindparam("mailbox_id"),
    ledger.c.uid_validity == bindparam("uid_validity"),
    ledger.c.uid.in_(bindparam("keys", expanding=True)),
)
KNOWN_EMAILS = select(emails.c.id).where(emails.c.id.in_(bindparam("keys", expanding=True)))
KNOWN_COPIES = (
    select(ledger.c.email_id, ledger.c.mailbox_id, ledger.c.kind, ledger.c.execution_id, ledger.c.observed)
    .where(ledger.c.email_id.in_(bindparam("keys", expanding=True)))
    .order_by(ledger.c.email_id, ledger.c.position)
)
# One that nobody had to look at belongs to the mailbox it lay in first.
MAILBOX_OF = (
    select(ledger.c.mailbox_id)
    .where(ledger.c.email_id == bindparam("email_id"), ledger.c.kind == literal(EntryKind.NEW.value))
    .order_by(ledger.c.position.desc())
    .limit(1)
)
FIRST_MAILBOX_OF = select(emails.c.mailbox_id).where(emails.c.id == bindparam("email_id"))
STORED_EMAILS = select(emails).where(emails.c.id.in_(bindparam("keys", expanding=True)))
KNOWN_MESSAGE_IDS = select(message_ids.c.message_id, message_ids.c.conversation_id).where(
    message_ids.c.message_id.in_(bindparam("keys", expanding=True))
)
KNOWN_CONVERSATIONS = select(conversations).where(conversations.c.id.in_(bindparam("keys", expanding=True)))

ADD_ENTRY = insert(ledger)
ADD_EMAIL = insert(emails)
REVISE_EMAIL = update(emails).where(emails.c.id == bindparam("key")).values(email_json=bindparam("email_json"))
ADD_FURTHER = insert(further_mailboxes).from_select(
    ["mailbox_id", "received_at", "email_position"],
    select(bindparam("mailbox", type_=Text()), emails.c.received_at, emails.c.position).where(
        emails.c.id == bindparam("key")
    ),
)
ADD_CONTENT = insert(email_contents)
ADD_ATTACHMENT = insert_once(attachments, "digest")
ADD_MESSAGE_ID = insert(message_ids)
ADD_EXECUTION = insert_once(executions, "id")
ADD_EVENT = insert_once(events, "execution_id", "node_id", "attempt", "kind")
PUT_CONVERSATION = insert_or_replace(conversations, "id")
PUT_CURSOR = insert_or_replace(mailbox_cursors, "mailbox_id")

ADD_QUARANTINED_ENTRY = insert_once(ledger, "mailbox_id", "uid_validity", "uid")
ADD_QUARANTINED = insert_once(quarantine, "id")
ADD_QUARANTINED_CONTENT = insert_once(quarantine_contents, "quarantine_id")
QUARANTINED = (
    select(quarantine)
    .where(quarantine.c.position > bindparam("position"))
    .order_by(quarantine.c.position)
    .limit(bindparam("limit"))
)
QUARANTINED_ENTRY = select(quarantine).where(quarantine.c.id == bindparam("id"))
COUNT_QUARANTINED = select(func.count()).select_from(quarantine)
QUARANTINED_CONTENT = select(quarantine_contents.c.content).where(
    quarantine_contents.c.quarantine_id == bindparam("id")
)
ENTRIES = (
    select(ledger, executions.c.status, executions.c.final_state)
    .outerjoin(executions, executions.c.id == ledger.c.execution_id)
    .where(ledger.c.position > bindparam("position"))
    .order_by(ledger.c.position)
    .limit(bindparam("limit"))
)
ENTRIES_OF_MAILBOX = ENTRIES.where(ledger.c.mailbox_id == bindparam("mailbox_id"))


class SqlLedger:
    """The `Ledger` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self, mailbox_id: MailboxId) -> str | None:
        """Return the cursor of the mailbox that was stored last, or None."""
        values = {"mailbox_id": mailbox_id}
        row = await self._database.read(lambda connection: connection.execute(CURSOR, values).first())
        return None if row is None else row.cursor

    async def known(self, mailbox_id: MailboxId, uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
        """Return those of `uids` that the ledger already has an entry for."""
        place = {"mailbox_id": mailbox_id, "uid_validity": uid_validity}
        return await self._database.read(
            lambda connection: frozenset(row.uid for row in in_chunks(connection, KNOWN_PLACES, uids, place))
        )

    async def accept(self, arrivals: Sequence[Arrival]) -> tuple[Acceptance, ...]:
        """Store the arrivals in the order given, all in one transaction, and return what became of each."""
        if not arrivals:
            return ()

        def operation(connection: Connection) -> tuple[Acceptance, ...]:
            additions = decide(arrivals, _known(connection, arrivals))
            _write(connection, additions)
            return tuple(additions.acceptances)

        return await self._database.write(operation)

    async def quarantine(self, raw: RawEmail, *, cursor: str | None, entry: Quarantined) -> None:
        """Keep a message that cannot be accepted, with its bytes, and move the cursor past it.

        Of one larger than a row as many bytes as fit are kept, and the reason says so.
        """
        place: Values = {"mailbox_id": raw.mailbox_id, "uid_validity": raw.uid_validity, "uid": raw.uid}
        at = millis(entry.at)
        kept = place | {"id": entry.id, "size_bytes": entry.size_bytes, "at": at}

        def operation(connection: Connection) -> None:
            line = place | {"kind": EntryKind.QUARANTINED.value, "accepted_at": at}
            if connection.execute(ADD_QUARANTINED_ENTRY, line).rowcount == 1:
                content = raw.content[: largest_row_bytes(connection) - ROW_MARGIN_BYTES - len(entry.id.encode())]
                reason = _quarantine_reason(entry, kept_bytes=len(content), size_bytes=len(raw.content))
                connection.execute(ADD_QUARANTINED, kept | {"reason": reason})
                connection.execute(ADD_QUARANTINED_CONTENT, {"quarantine_id": entry.id, "content": content})
            if cursor is not None:
                connection.execute(PUT_CURSOR, {"mailbox_id": raw.mailbox_id, "cursor": cursor})

        await self._database.write(operation)

    async def quarantined(self, *, after: str | None = None, limit: int = 50) -> Page[Quarantined]:
        """Return what is in quarantine, oldest first."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        values = {"position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(QUARANTINED, values).all())
        return make_page(rows, limit, quarantined_of, lambda row: write_cursor(row.position))

    async def quarantined_entry(self, quarantine_id: str) -> Quarantined:
        """Return what is known of one quarantined message; NotFoundError where there is none."""
        values = {"id": quarantine_id}
        row = await self._database.read(lambda connection: connection.execute(QUARANTINED_ENTRY, values).first())
        if row is None:
            raise _not_in_quarantine(quarantine_id)
        return quarantined_of(row)

    async def count_quarantined(self) -> int:
        """Return how many messages are in quarantine."""
        count = await self._database.read(lambda connection: connection.execute(COUNT_QUARANTINED).scalar())
        return int(count or 0)

    async def quarantined_bytes(self, quarantine_id: str) -> bytes:
        """Return the bytes of one quarantined message; NotFoundError where there are none."""
        values = {"id": quarantine_id}
        row = await self._database.read(lambda connection: connection.execute(QUARANTINED_CONTENT, values).first())
        if row is None:
            raise _not_in_quarantine(quarantine_id)
        return bytes(row.content)

    async def keep_cursor(self, mailbox_id: MailboxId, cursor: str) -> None:
        """Store a cursor that came without any message."""
        values = {"mailbox_id": mailbox_id, "cursor": cursor}

        def operation(connection: Connection) -> None:
            connection.execute(PUT_CURSOR, values)

        await self._database.write(operation)

    async def note_answers(self, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
        """Note signs that a person answered elsewhere, and return the conversations that they concern."""
        if not answers:
            return ()
        return await self._database.write(lambda connection: note(connection, answers))

    async def answered_at(self, email_id: EmailId) -> datetime | None:
        """Return the time of the newest sign that a person answered this very e-mail, None without one."""
        return await self._database.read(lambda connection: answered_at(connection, email_id))

    async def answered_drafts(self) -> tuple[AnsweredDraft, ...]:
        """Return the undecided reviews of drafts whose e-mail was answered elsewhere."""
        return await self._database.read(answered_drafts)

    async def forget_answers(self, *, before: datetime) -> None:
        """Delete the signs from before that time, and the oldest of more than `answers.MOST_SIGNS`."""
        await self._database.write(lambda connection: forget(connection, before))

    async def mailbox_of(self, email_id: EmailId) -> MailboxId:
        """Return the mailbox whose rules an e-mail is executed by; NotFoundError where there is no such e-mail."""
        values = {"email_id": email_id}

        def query(connection: Connection) -> str | None:
            newest = connection.execute(MAILBOX_OF, values).scalar()
            return newest or connection.execute(FIRST_MAILBOX_OF, values).scalar()

        found = await self._database.read(query)
        if found is None:
            raise NotFoundError(f"There is no e-mail {email_id!r}.", hint="The list of e-mails shows ids.")
        return MailboxId(found)

    async def entries(
        self, mailbox_id: MailboxId | None = None, *, after: str | None = None, limit: int = 500
    ) -> Page[LedgerEntry]:
        """Return the entries in the order they were made, each with the present state of its execution."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        statement = ENTRIES if mailbox_id is None else ENTRIES_OF_MAILBOX
        chosen: Values = {} if mailbox_id is None else {"mailbox_id": mailbox_id}
        values = {"position": position, "limit": limit + 1} | chosen
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, entry_of, lambda row: write_cursor(row.position))


def _not_in_quarantine(quarantine_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is nothing {quarantine_id!r} in quarantine.", hint="The list of the quarantine shows ids."
    )


def _known(connection: Connection, arrivals: Sequence[Arrival]) -> Known:
    """Look up all that the arrivals refer to.

    On SQLite the transaction holds the write lock already, so nothing of it can change before it commits. PostgreSQL
    will need one lock for all acceptances (an advisory one), or two of them could both find nothing.
    """
    named = {name for arrival in arrivals for name in arrival.thread_ids}
    named |= {arrival.email.message_id for arrival in arrivals if arrival.email.message_id}
    found = in_chunks(connection, KNOWN_MESSAGE_IDS, named, {})
    by_message_id = {row.message_id: ConversationId(row.conversation_id) for row in found}
    joined = in_chunks(connection, KNOWN_CONVERSATIONS, set(by_message_id.values()), {})
    ids = {arrival.email_id for arrival in arrivals}
    known_emails = {row.id for row in in_chunks(connection, KNOWN_EMAILS, ids, {})}
    copies = _known_copies(connection, known_emails)
    wanted = {
        one.email_id for one in arrivals if one.email_id in known_emails and takes_over(one, copies[one.email_id])
    }
    return Known(
        entries=_known_entries(connection, arrivals),
        emails=known_emails,
        copies=copies,
        stored={row.id: email_of(row) for row in in_chunks(connection, STORED_EMAILS, wanted, {})},
        conversation_of=by_message_id,
        conversations={row.id: conversation_of(row) for row in joined},
    )


def _known_copies(connection: Connection, known_emails: set[EmailId]) -> dict[EmailId, list[Copy]]:
    copies: dict[EmailId, list[Copy]] = {email_id: [] for email_id in known_emails}
    for row in in_chunks(connection, KNOWN_COPIES, known_emails, {}):
        copies[row.email_id].append(
            Copy(
                mailbox_id=row.mailbox_id,
                kind=EntryKind(row.kind),
                execution_id=row.execution_id,
                observed=bool(row.observed),
            )
        )
    return copies


def _known_entries(connection: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str, str], Acceptance]:
    entries = {}
    for mailbox_id, uid_validity in dict.fromkeys(place_of(arrival)[:2] for arrival in arrivals):
        uids = [
            arrival.raw.uid
            for arrival in arrivals
            if arrival.raw.mailbox_id == mailbox_id and arrival.raw.uid_validity == uid_validity
        ]
        place = {"mailbox_id": mailbox_id, "uid_validity": uid_validity}
        for row in in_chunks(connection, KNOWN_PLACES, uids, place):
            entries[mailbox_id, uid_validity, row.uid] = Acceptance(
                kind=EntryKind(row.kind), email_id=row.email_id, execution_id=row.execution_id, already_known=True
            )
    return entries


def _quarantine_reason(entry: Quarantined, *, kept_bytes: int, size_bytes: int) -> str:
    # What made the mail impossible to store may stand in the reason too: half a character is written as an escape.
    reason = entry.reason.encode("utf-8", "backslashreplace").decode()
    if kept_bytes == size_bytes:
        return reason
    return f"{reason} Only its first {kept_bytes} of {size_bytes} bytes fit in the store."


def _write(connection: Connection, additions: Additions) -> None:
    """Write each kind of row with one statement."""
    contents = [{"email_id": email.id, "content": content} for email, content in additions.emails]
    kept = [
        {"digest": digest, "size_bytes": len(content), "content": content}
        for digest, content in additions.attachments.items()
    ]
    names = [
        {"message_id": name, "conversation_id": conversation_id}
        for name, conversation_id in additions.message_ids.items()
    ]
    revised = [{"key": email_id, "email_json": encode(email)} for email_id, email in additions.revised.items()]
    cursors = [{"mailbox_id": mailbox_id, "cursor": cursor} for mailbox_id, cursor in additions.cursors.items()]
    execute_all(connection, PUT_CONVERSATION, [conversation_row(one) for one in additions.conversations.values()])
    execute_all(connection, ADD_EMAIL, [email_row(email) for email, _ in additions.emails])
    index_emails(connection, [email for email, _ in additions.emails])
    further = [{"key": email_id, "mailbox": mailbox_id} for email_id, mailbox_id in additions.further]
    execute_all(connection, ADD_FURTHER, further)
    index_further_mailboxes(connection, additions.further)
    execute_all(connection, REVISE_EMAIL, revised)
    execute_all(connection, ADD_CONTENT, contents)
    execute_all(connection, ADD_ATTACHMENT, kept)
    execute_all(connection, ADD_MESSAGE_ID, names)
    execute_all(connection, ADD_EXECUTION, [execution_row(execution) for execution in additions.executions])
    execute_all(connection, ADD_EVENT, [event_row(event) for event in additions.events])
    execute_all(connection, ADD_ENTRY, [_entry_row(arrival, made) for arrival, made in additions.entries])
    execute_all(connection, PUT_CURSOR, cursors)


def _entry_row(arrival: Arrival, acceptance: Acceptance) -> Values:
    return {
        "mailbox_id": arrival.raw.mailbox_id,
        "uid_validity": arrival.raw.uid_validity,
        "uid": arrival.raw.uid,
        "kind": acceptance.kind.value,
        "email_id": acceptance.email_id,
        "execution_id": acceptance.execution_id,
        "accepted_at": millis(arrival.accepted_at),
        "observed": int(arrival.observed),
    }
