"""A letter: a reply as people read it, and how far it got."""

from datetime import datetime

from pydantic import BaseModel, Field

from postroom.actions.conversations import ConversationLetter
from postroom.model.email import Address, EmailId, MailboxId
from postroom.model.reply import ReplyId, ReplyState


class LetterBody(BaseModel):
    """A reply without its bytes."""

    id: ReplyId
    email_id: EmailId
    mailbox_id: MailboxId
    recipient: Address
    subject: str
    text: str = Field(description="What the customer reads, with signature and disclosure.")
    state: ReplyState
    automatic: bool = Field(description="Whether no person approved it.")
    article_ids: tuple[str, ...]
    detail: str = Field(description="What the server said, or why it waits.")
    bounced: str = Field(description="What a delivery report said of it; empty without one.")
    not_before: datetime | None
    created_at: datetime
    updated_at: datetime


def letter_body_of(letter: ConversationLetter) -> LetterBody:
    """Return a letter as the API shows it."""
    reply = letter.reply
    return LetterBody(
        id=reply.id,
        email_id=reply.email_id,
        mailbox_id=reply.mailbox_id,
        recipient=reply.outgoing.recipient,
        subject=letter.subject,
        text=letter.text,
        state=reply.state,
        automatic=reply.automatic,
        article_ids=reply.article_ids,
        detail=reply.detail,
        bounced=reply.bounced,
        not_before=reply.not_before,
        created_at=reply.created_at,
        updated_at=reply.updated_at,
    )
