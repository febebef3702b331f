"""Notes beside conversations in SQL, and what a search finds of them."""

from sqlalchemy import Connection, bindparam, delete, select

from postroom.errors import NotFoundError
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.email import ConversationId
from postroom.model.note import Note, NoteId
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.search_index import index_note, remove_note
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.emails import notes

ADD = insert_once(notes, "id")
REMOVE = delete(notes).where(notes.c.id == bindparam("key")).returning(*notes.c)
ONE = select(notes).where(notes.c.id == bindparam("id"))
OF_CONVERSATION = (
    select(notes)
    .where(notes.c.conversation_id == bindparam("conversation_id"), notes.c.position > bindparam("position"))
    .order_by(notes.c.position)
    .limit(bindparam("limit"))
)


class SqlNotes:
    """The `Notes` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, note: Note) -> bool:
        """Store a note; False where its id is taken."""
        row = _row(note)

        def operation(connection: Connection) -> bool:
            added = connection.execute(ADD, row).rowcount == 1
            if added:
                index_note(connection, note)
            return added

        return await self._database.write(operation)

    async def get(self, note_id: NoteId) -> Note:
        """Return one note; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": note_id}).first())
        if row is None:
            raise NotFoundError(f"There is no note {note_id!r}.", hint="Each conversation lists its notes.")
        return _note_of(row)

    async def remove(self, note_id: NoteId) -> bool:
        """Delete it, also from the search; False where there is none."""

        def operation(connection: Connection) -> bool:
            row = connection.execute(REMOVE, {"key": note_id}).first()
            if row is not None:
                remove_note(connection, _note_of(row))
            return row is not None

        return await self._database.write(operation)

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[Note]:
        """Return the notes beside one conversation, oldest first."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        values = {"conversation_id": conversation_id, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OF_CONVERSATION, values).all())
        return make_page(rows, limit, _note_of, lambda row: write_cursor(row.position))


def _note_of(row: Found) -> Note:
    return Note(id=row.id, conversation_id=row.conversation_id, by=row.by, at=moment(row.at), text=row.text)


def _row(note: Note) -> Values:
    return {
        "id": note.id,
        "conversation_id": note.conversation_id,
        "by": note.by,
        "at": millis(note.at),
        "text": note.text,
    }
