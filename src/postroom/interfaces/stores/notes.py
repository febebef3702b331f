"""Notes: what the team tells each other about conversations."""

from typing import Protocol

from postroom.model.email import ConversationId
from postroom.model.note import Note, NoteId
from postroom.model.page import Page


class Notes(Protocol):
    """Keeps notes; a search finds their text."""

    async def add(self, note: Note) -> bool:
        """Store a note; False where its id is taken."""
        ...

    async def get(self, note_id: NoteId) -> Note:
        """Return one note.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def remove(self, note_id: NoteId) -> bool:
        """Delete it, also from the search; False where there is none."""
        ...

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[Note]:
        """Return the notes beside one conversation, oldest first."""
        ...
