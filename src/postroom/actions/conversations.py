"""Conversations: what belongs together, as people read it, and the notes they write beside it."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.mime.parse import parse
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, StoredEmail
from postroom.model.note import Note, NoteId
from postroom.model.page import Page
from postroom.model.reply import Reply
from postroom.model.review import Review

MAX_NOTE_CHARS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLetter:
    """A reply with the subject and the text that the customer reads."""

    reply: Reply
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSheet:
    """A conversation with the first page of what it holds, each oldest first, and the questions that are undecided."""

    conversation: Conversation
    emails: Page[StoredEmail]
    letters: Page[ConversationLetter]
    notes: Page[Note]
    undecided: tuple[Review, ...]


async def conversation_sheet(stores: Stores, conversation_id: ConversationId, *, limit: int) -> ConversationSheet:
    """Return one conversation with up to `limit` e-mails, letters and notes.

    Raises:
        NotFoundError: there is none.
    """
    return ConversationSheet(
        conversation=await stores.emails.conversation(conversation_id),
        emails=await stores.emails.of_conversation(conversation_id, limit=limit),
        letters=await letters_page(stores, conversation_id, limit=limit),
        notes=await stores.notes.of_conversation(conversation_id, limit=limit),
        undecided=await stores.reviews.undecided_in(conversation_id),
    )


async def letters_page(
    stores: Stores, conversation_id: ConversationId, *, after: str | None = None, limit: int
) -> Page[ConversationLetter]:
    """Return a page of the replies in a conversation, oldest first.

    Raises:
        InputError: `after` is no cursor of such a list.
    """
    page = await stores.outbox.of_conversation(conversation_id, after=after, limit=limit)
    return Page(rows=await letters(page.rows), next_cursor=page.next_cursor)


async def letters(replies: Sequence[Reply]) -> tuple[ConversationLetter, ...]:
    """Return replies as they read."""
    return await asyncio.to_thread(lambda: tuple(_letter(one) for one in replies))


async def add_note(desk: Desk, conversation_id: ConversationId, text: str) -> Note:
    """Return the note that was written beside a conversation.

    Raises:
        NotFoundError: there is no such conversation. InputError: the text is empty or too long.
    """
    if not text.strip():
        raise InputError("The note is empty.", hint="Write something.")
    if len(text) > MAX_NOTE_CHARS:
        raise InputError(f"The note is longer than {MAX_NOTE_CHARS} characters.", hint="Shorten it.")
    await desk.stores.emails.conversation(conversation_id)
    note = Note(
        id=NoteId(f"no_{secrets.token_hex(12)}"),
        conversation_id=conversation_id,
        by=desk.by,
        at=desk.clock.now(),
        text=text,
    )
    if not await desk.stores.notes.add(note):
        raise ConflictError(f"The id {note.id!r} is taken.", hint="Try again.")
    return note


async def remove_own_note(desk: Desk, conversation_id: ConversationId, note_id: NoteId) -> None:
    """Delete a note that who acts has written.

    Raises:
        NotFoundError: there is none beside this conversation. ConflictError: another wrote it.
    """
    note = await _note(desk, conversation_id, note_id)
    if note.by != desk.by:
        raise ConflictError(f"The note {note_id!r} is by {note.by!r}.", hint="Ask them, or an administrator.")
    await _remove(desk, note_id)


async def remove_any_note(desk: Desk, conversation_id: ConversationId, note_id: NoteId) -> None:
    """Delete a note, whoever wrote it.

    Raises:
        NotFoundError: there is none beside this conversation.
    """
    await _note(desk, conversation_id, note_id)
    await _remove(desk, note_id)


async def _note(desk: Desk, conversation_id: ConversationId, note_id: NoteId) -> Note:
    note = await desk.stores.notes.get(note_id)
    if note.conversation_id != conversation_id:
        raise _no_note(note_id)
    return note


async def _remove(desk: Desk, note_id: NoteId) -> None:
    if not await desk.stores.notes.remove(note_id):
        raise _no_note(note_id)


def _no_note(note_id: NoteId) -> NotFoundError:
    return NotFoundError(f"There is no note {note_id!r} beside this conversation.", hint="The list of notes has ids.")


def _letter(reply: Reply) -> ConversationLetter:
    read = parse(reply.outgoing.content)
    return ConversationLetter(reply=reply, subject=read.subject, text=read.text)
