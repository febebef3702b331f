"""What signs of answers given elsewhere change, given what the store knows already: pure, as acceptance is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer, SignKind
from postroom.model.conversation import AnsweredConversation, Conversation
from postroom.model.email import ConversationId, Email, EmailId

Sign = tuple[str, str, str, str]
"""What tells a sign from others: kind, mailbox, UIDVALIDITY (empty for a sent one), UID or Message-ID or place."""

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAnswers:
    """What the store knows that concerns some answers.

    `noted` by sign (None: kept, but it concerned nothing so far), `email_at` by place (with its conversation),
    `conversation_of` by Message-ID of any e-mail, reply or sent answer, `conversations` by id, and who takes part in
    them (`correspondents`).
    """

    noted: dict[Sign, AnsweredConversation | None]
    email_at: Mapping[Place, tuple[EmailId, ConversationId]]
    conversation_of: dict[str, ConversationId]
    conversations: dict[ConversationId, Conversation]
    correspondents: Mapping[ConversationId, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNotes:
    """What is to be returned (`answered`) and to be written.

    `signs` as they are now, `new` answers whose references are not kept yet, Message-IDs, conversations as they are.
    """

    answered: list[AnsweredConversation] = field(default_factory=list)
    signs: dict[Sign, tuple[Answer, AnsweredConversation | None]] = field(default_factory=dict)
    new: list[SentAnswer] = field(default_factory=list)
    message_ids: dict[str, ConversationId] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)


def sign_of(answer: Answer) -> Sign:
    """Return what tells the sign of an answer from others."""
    if isinstance(answer, FlaggedAnswer):
        return (SignKind.FLAGGED.value, answer.mailbox_id, answer.uid_validity, answer.uid)
    if answer.message_id:
        # A copy in another folder, or the same folder under a new UIDVALIDITY, is no second answer.
        return (SignKind.SENT.value, answer.mailbox_id, "", answer.message_id)
    return (SignKind.SENT.value, answer.mailbox_id, "", answer.place)


def time_of(answer: Answer) -> datetime:
    """Return when the answer was given, as far as can be told."""
    return answer.seen_at if isinstance(answer, FlaggedAnswer) else answer.sent_at


def correspondents(email: Email) -> frozenset[str]:
    """Return whom an answer to `email` goes to: its From and Reply-To, in lower case."""
    senders = [email.from_address] if email.from_address else []
    return frozenset(one.address.casefold() for one in (*senders, *email.reply_to))


def goes_to(recipients: Iterable[str], wanted: frozenset[str]) -> bool:
    """Return whether one of `recipients` is among `wanted`, which are in lower case."""
    return any(one.casefold() in wanted for one in recipients)


def decide(answers: Sequence[Answer], known: KnownAnswers) -> AnswerNotes:
    """Return what the answers, in this order, add to what is known; `known` grows with each of them."""
    notes = AnswerNotes()
    for answer in answers:
        sign = sign_of(answer)
        before = known.noted.get(sign)
        found = before or _concerned(answer, known)
        if sign not in known.noted and isinstance(answer, SentAnswer):
            notes.new.append(answer)
        if sign not in known.noted or found != before:
            known.noted[sign] = found
            notes.signs[sign] = (answer, found)
        if found is None:
            continue
        notes.answered.append(found)
        if before is None:
            _raise_version(found, known, notes)
            if isinstance(answer, SentAnswer) and answer.message_id:
                _lead(answer.message_id, found.conversation_id, known, notes)
    return notes


def led_to(answer: SentAnswer, known: KnownAnswers) -> list[Conversation]:
    """Return the conversations that an answer refers to, the one of its newest reference first."""
    led = dict.fromkeys(known.conversation_of.get(name) for name in answer.refers_to)
    return [known.conversations[one] for one in led if one is not None and one in known.conversations]


def _concerned(answer: Answer, known: KnownAnswers) -> AnsweredConversation | None:
    """Return the conversation that a new sign concerns, None where nothing of it is known."""
    if isinstance(answer, FlaggedAnswer):
        place = (answer.mailbox_id, answer.uid_validity, answer.uid)
        email_id, conversation_id = known.email_at.get(place, (None, None))
        if conversation_id is None or conversation_id not in known.conversations:
            return None
        return AnsweredConversation(conversation_id=conversation_id, email_id=email_id, at=_cut(answer.seen_at))
    for conversation in led_to(answer, known):
        present = known.correspondents.get(conversation.id, frozenset()).union(conversation.participants)
        if goes_to(answer.recipients, present):
            return AnsweredConversation(conversation_id=conversation.id, email_id=None, at=_cut(answer.sent_at))
    return None


def _cut(at: datetime) -> datetime:
    # As it will come back from the store, so that the first note and a repeated one give the same.
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _raise_version(found: AnsweredConversation, known: KnownAnswers, notes: AnswerNotes) -> None:
    stored = known.conversations[found.conversation_id]
    raised = replace(stored, version=stored.version + 1, updated_at=max(stored.updated_at, found.at))
    known.conversations[raised.id] = notes.conversations[raised.id] = raised


def _lead(message_id: str, conversation_id: ConversationId, known: KnownAnswers, notes: AnswerNotes) -> None:
    if message_id not in known.conversation_of:
        known.conversation_of[message_id] = notes.message_ids[message_id] = conversation_id
