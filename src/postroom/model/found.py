"""What a search finds: an e-mail or a note."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroom.model.email import ConversationId


class FoundKind(StrEnum):
    """What was found."""

    EMAIL = "email"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An e-mail or a note by its id, the conversation it belongs to, and when it was received or written (UTC)."""

    kind: FoundKind
    id: str
    conversation_id: ConversationId
    at: datetime
