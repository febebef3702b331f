"""`/conversations`: the e-mails, replies and notes that belong together."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.conversations import (
    MAX_NOTE_CHARS,
    add_note,
    conversation_sheet,
    letters_page,
    remove_any_note,
    remove_own_note,
)
from postroom.api.access import Decider, Reader
from postroom.api.audit import note_subject
from postroom.api.emails import EmailRowBody, row_of
from postroom.api.letter import LetterBody, letter_body_of
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.reviews import QuestionBody, question_of
from postroom.api.routing import After, Limit, router
from postroom.api.written import NOT_BLANK
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, StoredEmail
from postroom.model.note import Note, NoteId
from postroom.model.page import Page
from postroom.model.user import Permission

MAX_SHOWN_CHARS = 20_000

ROUTER = router("/conversations", "conversations")


class ThreadEmailBody(BaseModel):
    """An e-mail of a conversation with the customer's own words; `GET /emails/{email_id}` has all of it."""

    email: EmailRowBody
    new_text: str = Field(description=f"The customer's own words, at most {MAX_SHOWN_CHARS} characters of them.")
    cut: bool = Field(description="Whether there are more.")


class ConversationBody(BaseModel):
    """A conversation with the first page of what it holds, each oldest first; the other pages have endpoints."""

    conversation: Conversation
    emails: Page[ThreadEmailBody]
    replies: Page[LetterBody]
    notes: Page[Note]
    undecided: tuple[QuestionBody, ...]


class NewNoteForm(BaseModel):
    """What to tell the team."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MAX_NOTE_CHARS, pattern=NOT_BLANK, description="No customer ever sees it.")


@ROUTER.get("")
async def list_conversations(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[Conversation]:
    """List conversations, the one with the newest e-mail first."""
    return await office.stores.emails.conversations(after=after, limit=limit)


@ROUTER.get("/{conversation_id}", responses=problems(404))
async def get_conversation(
    conversation_id: ConversationId, _caller: Reader, office: OfficeHere, limit: Limit = 50
) -> ConversationBody:
    """Read one conversation with up to `limit` e-mails, replies and notes, and its undecided reviews."""
    found = await conversation_sheet(office.stores, conversation_id, limit=limit)
    return ConversationBody(
        conversation=found.conversation,
        emails=_thread(found.emails),
        replies=Page(
            rows=tuple(letter_body_of(one) for one in found.letters.rows), next_cursor=found.letters.next_cursor
        ),
        notes=found.notes,
        undecided=tuple(question_of(one) for one in found.undecided),
    )


@ROUTER.get("/{conversation_id}/emails", responses=problems(404))
async def list_conversation_emails(
    conversation_id: ConversationId,
    _caller: Reader,
    office: OfficeHere,
    after: After = None,
    limit: Limit = 50,
) -> Page[ThreadEmailBody]:
    """List the e-mails of a conversation, oldest first."""
    await office.stores.emails.conversation(conversation_id)
    return _thread(await office.stores.emails.of_conversation(conversation_id, after=after, limit=limit))


@ROUTER.get("/{conversation_id}/replies", responses=problems(404))
async def list_conversation_replies(
    conversation_id: ConversationId, _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[LetterBody]:
    """List the replies in a conversation, oldest first."""
    await office.stores.emails.conversation(conversation_id)
    page = await letters_page(office.stores, conversation_id, after=after, limit=limit)
    return Page(rows=tuple(letter_body_of(one) for one in page.rows), next_cursor=page.next_cursor)


@ROUTER.get("/{conversation_id}/notes", responses=problems(404))
async def list_notes(
    conversation_id: ConversationId, _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[Note]:
    """List the notes beside a conversation, oldest first."""
    await office.stores.emails.conversation(conversation_id)
    return await office.stores.notes.of_conversation(conversation_id, after=after, limit=limit)


@ROUTER.post("/{conversation_id}/notes", status_code=201, responses=problems(404))
async def create_note(
    request: Request, conversation_id: ConversationId, body: NewNoteForm, caller: Decider, office: OfficeHere
) -> Note:
    """Write a note beside a conversation."""
    made = await add_note(office.desk(caller), conversation_id, body.text)
    note_subject(request, f"{conversation_id}/{made.id}")
    return made


@ROUTER.delete("/{conversation_id}/notes/{note_id}", status_code=204, responses=problems(404, 409))
async def delete_note(conversation_id: ConversationId, note_id: NoteId, caller: Decider, office: OfficeHere) -> None:
    """Delete a note of your own; administrators may delete any."""
    remove = remove_any_note if Permission.ADMINISTER in caller.permissions else remove_own_note
    await remove(office.desk(caller), conversation_id, note_id)


def _thread(page: Page[StoredEmail]) -> Page[ThreadEmailBody]:
    return Page(rows=tuple(_thread_email(one) for one in page.rows), next_cursor=page.next_cursor)


def _thread_email(stored: StoredEmail) -> ThreadEmailBody:
    text = stored.email.new_text
    return ThreadEmailBody(email=row_of(stored), new_text=text[:MAX_SHOWN_CHARS], cut=len(text) > MAX_SHOWN_CHARS)
