"""A note: what the team tells each other about a conversation; no customer ever sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from postroom.model.email import ConversationId

NoteId = NewType("NoteId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that a user (`by`, a name) wrote beside a conversation, at `at` (UTC)."""

    id: NoteId
    conversation_id: ConversationId
    by: str
    at: datetime
    text: str
