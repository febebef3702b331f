"""A conversation: the e-mails that belong together."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread; `version` grows with every e-mail and every reply a person makes, so that a draft can be stale."""

    id: ConversationId
    subject: str
    participants: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime
