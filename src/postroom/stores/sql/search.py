"""The search on SQLite: the words of a query, each looked up in the index of words."""

from sqlalchemy import text

from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.email import ConversationId, MailboxId
from postroom.model.found import Found, FoundKind
from postroom.model.page import Page
from postroom.stores.sql import rows
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import moment
from postroom.stores.sql.search_index import NUMBER_BITS
from postroom.stores.sql.search_words import mailbox_word, words_of

MOST_WORDS = 64
"""Of a query with more different words, the longest count."""

# The words lead, newest document first; the other way round every document would be looked at.
FIND = text(
    "SELECT found.document, found.kind, found.id, found.conversation_id"
    " FROM search_words CROSS JOIN search_documents AS found ON found.document = search_words.rowid"
    " WHERE search_words MATCH :query AND search_words.rowid < :document"
    " ORDER BY search_words.rowid DESC LIMIT :limit"
)

_LAST_NUMBER = (1 << NUMBER_BITS) - 1


class SqlSearch:
    """The `Search` of a SQLite database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, query: str, *, mailbox_id: MailboxId | None = None, after: str | None = None, limit: int = 50
    ) -> Page[Found]:
        """Return what holds every word of `query` (of many words: the longest), newest first."""
        document = _document_of(after)
        expression = matching(query, mailbox_id)
        if expression is None:
            return Page(rows=())
        values = {"query": expression, "document": document, "limit": limit + 1}
        found = await self._database.read(lambda connection: connection.execute(FIND, values).all())
        return make_page(found, limit, _found_of, _cursor_of)


def matching(query: str, mailbox_id: MailboxId | None) -> str | None:
    """Return what the index is asked for, None where the query has no word.

    Every word stands in quotation marks, which it cannot hold itself; those of one sign are not beginnings of others.
    """
    words = words_of(query)
    if not words:
        return None
    chosen = sorted(words, key=len, reverse=True)[:MOST_WORDS]
    wanted = [f'"{word}"*' if len(word) > 1 else f'"{word}"' for word in chosen]
    if mailbox_id is not None:
        wanted.append(f'"{mailbox_word(mailbox_id)}"')
    return " AND ".join(wanted)


def _found_of(row: rows.Found) -> Found:
    return Found(
        kind=FoundKind(row.kind),
        id=row.id,
        conversation_id=ConversationId(row.conversation_id),
        at=moment(row.document >> NUMBER_BITS),
    )


def _document_of(cursor: str | None) -> int:
    """Return the document a page ended with; its number is too long for a cursor, so time and number stand apart."""
    if cursor is None:
        return AFTER_ALL
    at, number = read_cursor(cursor, (0, 0))
    return min((at << NUMBER_BITS) + number, AFTER_ALL)


def _cursor_of(row: rows.Found) -> str:
    return write_cursor(row.document >> NUMBER_BITS, row.document & _LAST_NUMBER)
