"""What signs of answers given elsewhere change, given what the store knows already: pure, as acceptance is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.model.conversation import AnsweredConversation, Conversation
from postroom.model.email import ConversationId, EmailId

FLAGGED = "flagged"
SENT = "sent"

Sign = tuple[str, str, str, str]
"""What tells a sign from others: kind, mailbox, UIDVALIDITY (empty for a sent one), UID or Message-ID."""

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows that concerns some answers.

    `noted` by sign, `email_at` by place (with its conversation), `conversation_of` by Message-ID of any e-mail, reply
    or sent answer, `conversations` by id.
    """

    noted: dict[Sign, AnsweredConversation]
    email_at: dict[Place, tuple[EmailId, ConversationId]]
    conversation_of: dict[str, ConversationId]
    conversations: dict[ConversationId, Conversation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is to be returned (`answered`) and to be written: new signs, Message-IDs, and conversations as they are."""

    answered: list[AnsweredConversation] = field(default_factory=list)
    signs: dict[Sign, AnsweredConversation] = field(default_factory=dict)
    message_ids: dict[str, ConversationId] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)


def sign_of(answer: Answer) -> Sign:
    """Return what tells the sign of an answer from others."""
    if isinstance(answer, FlaggedAnswer):
        return (FLAGGED, answer.mailbox_id, answer.uid_validity, answer.uid)
    return (SENT, answer.mailbox_id, "", answer.message_id)


def decide(answers: Sequence[Answer], known: Known) -> Notes:
    """Return what the answers, in this order, add to what is known; `known` grows with each of them."""
    notes = Notes()
    for answer in answers:
        sign = sign_of(answer)
        found = known.noted.get(sign) or _concerned(answer, known)
        if found is None:
            continue
        notes.answered.append(found)
        if sign not in known.noted:
            known.noted[sign] = notes.signs[sign] = found
            _raise_version(found, known, notes)
            if isinstance(answer, SentAnswer):
                _lead(answer.message_id, found.conversation_id, known, notes)
    return notes


def _concerned(answer: Answer, known: Known) -> AnsweredConversation | None:
    """Return the conversation that a new sign concerns, None where nothing of it is known."""
    if isinstance(answer, FlaggedAnswer):
        place = (answer.mailbox_id, answer.uid_validity, answer.uid)
        email_id, conversation_id = known.email_at.get(place, (None, None))
        return _answered(conversation_id, email_id, answer.seen_at, known)
    # The newest one that leads to a conversation that there is.
    led = (known.conversation_of.get(name) for name in answer.refers_to)
    conversation_id = next((one for one in led if one in known.conversations), None)
    return _answered(conversation_id, None, answer.sent_at, known)


def _answered(
    conversation_id: ConversationId | None, email_id: EmailId | None, at: datetime, known: Known
) -> AnsweredConversation | None:
    if conversation_id is None or conversation_id not in known.conversations:
        return None
    return AnsweredConversation(conversation_id=conversation_id, email_id=email_id, at=_cut(at))


def _cut(at: datetime) -> datetime:
    # As it will come back from the store, so that the first note and a repeated one give the same.
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _raise_version(found: AnsweredConversation, known: Known, notes: Notes) -> None:
    stored = known.conversations[found.conversation_id]
    raised = replace(stored, version=stored.version + 1, updated_at=max(stored.updated_at, found.at))
    known.conversations[raised.id] = notes.conversations[raised.id] = raised


def _lead(message_id: str, conversation_id: ConversationId, known: Known, notes: Notes) -> None:
    if message_id not in known.conversation_of:
        known.conversation_of[message_id] = notes.message_ids[message_id] = conversation_id
