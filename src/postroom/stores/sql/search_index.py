"""The index of words on SQLite: which document has which words, kept by whoever writes e-mails and notes.

`search_words` is a full-text index without content (https://sqlite.org/fts5.html#contentless_tables): it knows the
words of a document, which `search_words.py` has cut, and nothing else. The number of a document begins with its time,
so that going down the numbers is going back in time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from postroom.model.email import EmailId, MailboxId, StoredEmail
from postroom.model.found import FoundKind
from postroom.model.note import Note
from postroom.stores.sql.rows import Values, millis
from postroom.stores.sql.search_words import email_words, mailbox_word, note_words
from postroom.stores.sql.statements import execute_all
from postroom.stores.sql.tables.emails import search_documents

NUMBER_BITS = 15
"""How many of the last bits of a document's number only tell apart those of the same millisecond."""

# The largest number of a millisecond is found by one step down the key.
LAST_OF = select(func.max(search_documents.c.document)).where(
    search_documents.c.document >= bindparam("first"), search_documents.c.document < bindparam("beyond")
)
ADD_DOCUMENT = insert(search_documents).values(
    {column.name: bindparam(column.name) for column in search_documents.columns}
)
DOCUMENT_OF = select(search_documents.c.document).where(
    search_documents.c.kind == bindparam("kind"), search_documents.c.id == bindparam("id")
)
REMOVE_DOCUMENT = delete(search_documents).where(search_documents.c.document == bindparam("document"))
ADD_WORDS = text("INSERT INTO search_words (rowid, words) VALUES (:document, :words)")
# An index without content must be told which words a document had.
REMOVE_WORDS = text("INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', :document, :words)")


def index_emails(connection: Connection, emails: Sequence[StoredEmail]) -> None:
    """Let a search find e-mails that were stored in this transaction."""
    numbers = _numbers(connection, [email.received_at for email in emails])
    rows = [_email_row(email, number) for email, number in zip(emails, numbers, strict=True)]
    execute_all(connection, ADD_DOCUMENT, rows)
    execute_all(connection, ADD_WORDS, rows)


def index_further_mailboxes(connection: Connection, further: Sequence[tuple[EmailId, MailboxId]]) -> None:
    """Let a search in these mailboxes find e-mails that are in the index already; each of them once."""
    for email_id, mailbox_id in further:
        document = connection.execute(DOCUMENT_OF, {"kind": FoundKind.EMAIL.value, "id": email_id}).scalar_one()
        # An index without content only takes note of words: those that the document had stay.
        connection.execute(ADD_WORDS, {"document": document, "words": mailbox_word(mailbox_id)})


def index_note(connection: Connection, note: Note) -> None:
    """Let a search find a note that was stored in this transaction."""
    (number,) = _numbers(connection, [note.at])
    row: Values = {
        "document": number,
        "kind": FoundKind.NOTE.value,
        "id": note.id,
        "conversation_id": note.conversation_id,
        "mailbox_id": None,
        "words": " ".join(note_words(note.text)),
    }
    connection.execute(ADD_DOCUMENT, row)
    connection.execute(ADD_WORDS, row)


def remove_note(connection: Connection, note: Note) -> None:
    """Take a note, with the text it was stored with, out of the index; nothing happens where it is not in it."""
    document = connection.execute(DOCUMENT_OF, {"kind": FoundKind.NOTE.value, "id": note.id}).scalar()
    if document is None:
        return
    connection.execute(REMOVE_WORDS, {"document": document, "words": " ".join(note_words(note.text))})
    connection.execute(REMOVE_DOCUMENT, {"document": document})


def _email_row(email: StoredEmail, document: int) -> Values:
    return {
        "document": document,
        "kind": FoundKind.EMAIL.value,
        "id": email.id,
        "conversation_id": email.conversation_id,
        "mailbox_id": email.mailbox_id,
        "words": " ".join([mailbox_word(email.mailbox_id), *email_words(email.email)]),
    }


def _numbers(connection: Connection, times: Iterable[datetime]) -> list[int]:
    """Return a new number for each time: the next of its millisecond, or of a later one where there is none left."""
    last_of: dict[int, int] = {}
    numbers = []
    for at in times:
        # Nothing counts as older than 1970: cursors hold no negative numbers.
        moment = max(millis(at), 0)
        number = _next(connection, moment, last_of)
        while number >> NUMBER_BITS > moment:
            moment += 1
            number = _next(connection, moment, last_of)
        last_of[moment] = number
        numbers.append(number)
    return numbers


def _next(connection: Connection, moment: int, last_of: dict[int, int]) -> int:
    """Return the number behind the last one of a millisecond, which belongs to the next where all are taken."""
    if moment not in last_of:
        first = moment << NUMBER_BITS
        found = connection.execute(LAST_OF, {"first": first, "beyond": first + (1 << NUMBER_BITS)}).scalar()
        last_of[moment] = first - 1 if found is None else int(found)
    return last_of[moment] + 1
