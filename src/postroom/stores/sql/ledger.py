"""The ledger in SQL: what was accepted, where it lay, and how far each mailbox was read."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, literal, select

from postroom.errors import NotFoundError
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.answer import Answer, AnsweredDraft
from postroom.model.conversation import AnsweredConversation
from postroom.model.email import EmailId, MailboxId, RawEmail
from postroom.model.execution import ExecutionStatus, FinalState
from postroom.model.ledger import Acceptance, Arrival, EntryKind, LedgerEntry, Quarantined
from postroom.model.page import Page
from postroom.stores.sql.acceptance import decide, place_of
from postroom.stores.sql.acceptance_rows import KNOWN_PLACES, PUT_CURSOR, known, write
from postroom.stores.sql.answers import answered_at, answered_drafts, forget, note
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.sqlite import largest_row_bytes
from postroom.stores.sql.statements import in_chunks, insert_once
from postroom.stores.sql.tables.emails import emails
from postroom.stores.sql.tables.executions import executions
from postroom.stores.sql.tables.intake import ledger, mailbox_cursors, quarantine, quarantine_contents

# What a row of the quarantine needs beside the bytes and the id of the message, with room to spare.
ROW_MARGIN_BYTES = 100

CURSOR = select(mailbox_cursors.c.cursor).where(mailbox_cursors.c.mailbox_id == bindparam("mailbox_id"))
# One that nobody had to look at belongs to the mailbox it lay in first.
MAILBOX_OF = (
    select(ledger.c.mailbox_id)
    .where(ledger.c.email_id == bindparam("email_id"), ledger.c.kind == literal(EntryKind.NEW.value))
    .order_by(ledger.c.position.desc())
    .limit(1)
)
FIRST_MAILBOX_OF = select(emails.c.mailbox_id).where(emails.c.id == bindparam("email_id"))

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
REMOVE_QUARANTINED = delete(quarantine).where(quarantine.c.id == bindparam("id"))
REMOVE_QUARANTINED_CONTENT = delete(quarantine_contents).where(quarantine_contents.c.quarantine_id == bindparam("id"))
FREE_PLACE = delete(ledger).where(
    ledger.c.mailbox_id == bindparam("mailbox_id"),
    ledger.c.uid_validity == bindparam("uid_validity"),
    ledger.c.uid == bindparam("uid"),
    ledger.c.kind == literal(EntryKind.QUARANTINED.value),
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
            additions = decide(arrivals, known(connection, arrivals))
            write(connection, additions)
            return tuple(additions.acceptances)

        return await self._database.write(operation)

    async def quarantine(self, raw: RawEmail, *, cursor: str | None, entry: Quarantined) -> None:
        """Keep a message that cannot be accepted, with its bytes, time and flags, and move the cursor past it.

        Of one larger than a row as many bytes as fit are kept, and the reason says so.
        """
        place: Values = {"mailbox_id": raw.mailbox_id, "uid_validity": raw.uid_validity, "uid": raw.uid}
        at = millis(entry.at)
        told: Values = {"received_at": millis(raw.received_at), "flags_json": json.dumps(sorted(raw.flags))}
        kept = place | told | {"id": entry.id, "size_bytes": entry.size_bytes, "at": at}

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
        return make_page(rows, limit, _quarantined, lambda row: write_cursor(row.position))

    async def quarantined_entry(self, quarantine_id: str) -> Quarantined:
        """Return what is known of one quarantined message; NotFoundError where there is none."""
        values = {"id": quarantine_id}
        row = await self._database.read(lambda connection: connection.execute(QUARANTINED_ENTRY, values).first())
        if row is None:
            raise _not_in_quarantine(quarantine_id)
        return _quarantined(row)

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

    async def dismiss_quarantined(self, quarantine_id: str) -> None:
        """Delete a quarantined message and its bytes; its place stays in the ledger."""
        await self._database.write(lambda connection: _take_out(connection, quarantine_id))

    async def accept_quarantined(self, quarantine_id: str, arrival: Arrival) -> Acceptance:
        """Take a message out of quarantine and accept it in its place, in one transaction."""
        mailbox_id, uid_validity, uid = place_of(arrival)
        place: Values = {"mailbox_id": mailbox_id, "uid_validity": uid_validity, "uid": uid}

        def operation(connection: Connection) -> Acceptance:
            _take_out(connection, quarantine_id)
            connection.execute(FREE_PLACE, place)
            additions = decide([arrival], known(connection, [arrival]))
            write(connection, additions)
            return additions.acceptances[0]

        return await self._database.write(operation)

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
        return make_page(rows, limit, _entry, lambda row: write_cursor(row.position))


def _take_out(connection: Connection, quarantine_id: str) -> None:
    values = {"id": quarantine_id}
    connection.execute(REMOVE_QUARANTINED_CONTENT, values)
    if connection.execute(REMOVE_QUARANTINED, values).rowcount == 0:
        raise _not_in_quarantine(quarantine_id)


def _not_in_quarantine(quarantine_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is nothing {quarantine_id!r} in quarantine.", hint="The list of the quarantine shows ids."
    )


def _quarantine_reason(entry: Quarantined, *, kept_bytes: int, size_bytes: int) -> str:
    # What made the mail impossible to store may stand in the reason too: half a character is written as an escape.
    reason = entry.reason.encode("utf-8", "backslashreplace").decode()
    if kept_bytes == size_bytes:
        return reason
    return f"{reason} Only its first {kept_bytes} of {size_bytes} bytes fit in the store."


def _quarantined(row: Found) -> Quarantined:
    return Quarantined(
        id=row.id,
        mailbox_id=row.mailbox_id,
        uid_validity=row.uid_validity,
        uid=row.uid,
        reason=row.reason,
        size_bytes=row.size_bytes,
        at=moment(row.at),
        received_at=None if row.received_at is None else moment(row.received_at),
        flags=None if row.flags_json is None else tuple(json.loads(row.flags_json)),
    )


def _entry(row: Found) -> LedgerEntry:
    return LedgerEntry(
        mailbox_id=row.mailbox_id,
        uid_validity=row.uid_validity,
        uid=row.uid,
        kind=EntryKind(row.kind),
        email_id=row.email_id,
        accepted_at=moment(row.accepted_at),
        execution_id=row.execution_id,
        status=None if row.status is None else ExecutionStatus(row.status),
        final_state=None if row.final_state is None else FinalState(row.final_state),
    )
