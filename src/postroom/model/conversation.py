"""A conversation: the e-mails that belong together."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.email import ConversationId, EmailId


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread; `version` grows with every e-mail and every reply a person makes, so that a draft can be stale."""

    id: ConversationId
    subject: str
    participants: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredConversation:
    """A conversation that a person answered outside Postroom, at `at`; `email_id` is the e-mail answered where told."""

    conversation_id: ConversationId
    email_id: EmailId | None
    at: datetime
