"""`/search`: e-mails and notes by their words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from postroom.api.access import Reader
from postroom.api.emails import snippet_of
from postroom.api.office import Office, OfficeHere
from postroom.api.routing import After, Limit, router
from postroom.errors import NotFoundError
from postroom.model.email import Address, ConversationId, Email, EmailId, MailboxId, StoredEmail
from postroom.model.found import Found, FoundKind
from postroom.model.note import NoteId
from postroom.model.page import Page

MAX_QUERY_CHARS = 200

ROUTER = router("/search", "search")


class FoundBody(BaseModel):
    """An e-mail or a note that holds the words."""

    kind: FoundKind
    id: str
    conversation_id: ConversationId
    at: datetime = Field(description="When it was received or written.")
    subject: str = Field(description="Of an e-mail; empty for a note.")
    from_address: Address | None = Field(
        description="Who wrote the e-mail; null for a note, and where it names nobody."
    )
    by: str = Field(description="Who wrote the note; empty for an e-mail.")
    snippet: str = Field(description="The beginning of its text.")


@ROUTER.get("")
async def search(
    _caller: Reader,
    office: OfficeHere,
    q: Annotated[str, Query(max_length=MAX_QUERY_CHARS, description="The words; all must be there.")],
    mailbox_id: Annotated[MailboxId | None, Query(max_length=200, description="Only e-mails of this mailbox.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[FoundBody]:
    """Find e-mails and notes that hold every word (or its beginning), newest first."""
    page = await office.stores.search.find(q, mailbox_id=mailbox_id, after=after, limit=limit)
    ids = [EmailId(one.id) for one in page.rows if one.kind is FoundKind.EMAIL]
    emails = await office.stores.emails.some(ids)
    told = [await _told(office, one, emails) for one in page.rows]
    return Page(rows=tuple(one for one in told if one is not None), next_cursor=page.next_cursor)


async def _told(office: Office, found: Found, emails: Mapping[EmailId, StoredEmail]) -> FoundBody | None:
    """Return what was found in words; None where it was deleted meanwhile."""
    if found.kind is FoundKind.EMAIL:
        stored = emails.get(EmailId(found.id))
        return None if stored is None else _email(stored.email, found)
    try:
        return await _note(office, found)
    except NotFoundError:
        return None


def _email(email: Email, found: Found) -> FoundBody:
    return FoundBody(
        kind=found.kind,
        id=found.id,
        conversation_id=found.conversation_id,
        at=found.at,
        subject=email.subject,
        from_address=email.from_address,
        by="",
        snippet=snippet_of(email.new_text),
    )


async def _note(office: Office, found: Found) -> FoundBody:
    note = await office.stores.notes.get(NoteId(found.id))
    return FoundBody(
        kind=found.kind,
        id=found.id,
        conversation_id=found.conversation_id,
        at=found.at,
        subject="",
        from_address=None,
        by=note.by,
        snippet=snippet_of(note.text),
    )
