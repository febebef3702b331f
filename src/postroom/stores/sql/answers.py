"""Signs that a person answered with another program, in SQL."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, literal, or_, select

from postroom.interfaces.codec import decode, decode_all, encode_all
from postroom.model.answer import Answer, AnsweredDraft, FlaggedAnswer, SentAnswer, SignKind
from postroom.model.conversation import AnsweredConversation, Conversation
from postroom.model.email import ConversationId, Email, EmailId
from postroom.model.review import ReviewId, ReviewKind, ReviewStatus
from postroom.stores.sql.answering import (
    AnswerNotes,
    KnownAnswers,
    Place,
    Sign,
    correspondents,
    decide,
    goes_to,
    led_to,
    sign_of,
    time_of,
)
from postroom.stores.sql.rows import Found, Values, conversation_of, conversation_row, millis, moment
from postroom.stores.sql.statements import execute_all, in_chunks, insert_once, insert_or_replace
from postroom.stores.sql.tables.emails import conversations, emails, message_ids
from postroom.stores.sql.tables.intake import answered_message_ids, answers_elsewhere, ledger
from postroom.stores.sql.tables.people import reviews

MOST_SIGNS = 50_000
MOST_REFERENCES = 20  # Of one answer; the nearest ones. Older ones are found by their conversation.

_FLAGGED = literal(SignKind.FLAGGED.value)
_SENT = literal(SignKind.SENT.value)
_AT_PLACE = and_(
    answers_elsewhere.c.kind == _FLAGGED,
    answers_elsewhere.c.mailbox_id == ledger.c.mailbox_id,
    answers_elsewhere.c.uid_validity == ledger.c.uid_validity,
    answers_elsewhere.c.sign == ledger.c.uid,
)

NOTED = select(answers_elsewhere).where(
    answers_elsewhere.c.kind == bindparam("kind"),
    answers_elsewhere.c.mailbox_id == bindparam("mailbox_id"),
    answers_elsewhere.c.uid_validity == bindparam("uid_validity"),
    answers_elsewhere.c.sign.in_(bindparam("keys", expanding=True)),
)
EMAILS_AT = (
    select(ledger.c.uid, emails.c.id, emails.c.conversation_id)
    .join(emails, emails.c.id == ledger.c.email_id)
    .where(
        ledger.c.mailbox_id == bindparam("mailbox_id"),
        ledger.c.uid_validity == bindparam("uid_validity"),
        ledger.c.uid.in_(bindparam("keys", expanding=True)),
    )
)
LED = select(message_ids).where(message_ids.c.message_id.in_(bindparam("keys", expanding=True)))
CONCERNED = select(conversations).where(conversations.c.id.in_(bindparam("keys", expanding=True)))
CORRESPONDENTS = select(emails.c.conversation_id, emails.c.email_json).where(
    emails.c.conversation_id.in_(bindparam("keys", expanding=True))
)
ANSWERED_EMAIL = select(emails.c.id, emails.c.conversation_id, emails.c.received_at, emails.c.email_json).where(
    emails.c.id == bindparam("id")
)
FLAGS = select(answers_elsewhere.c.at).join(ledger, _AT_PLACE).where(ledger.c.email_id == bindparam("id"))
REFERRED = select(answered_message_ids.c.recipients_json, answered_message_ids.c.at).where(
    answered_message_ids.c.message_id == bindparam("message_id")
)
SENT_INTO = select(answers_elsewhere.c.recipients_json, answers_elsewhere.c.at).where(
    answers_elsewhere.c.conversation_id == bindparam("conversation_id"),
    answers_elsewhere.c.kind == _SENT,
    answers_elsewhere.c.at >= bindparam("after"),
)
# Undecided drafts of conversations with any sign. The few that it finds are looked at closely.
PERHAPS_ANSWERED = (
    select(
        reviews.c.id.label("review_id"),
        emails.c.id,
        emails.c.conversation_id,
        emails.c.received_at,
        emails.c.email_json,
    )
    .join(emails, emails.c.id == reviews.c.email_id)
    .where(
        reviews.c.status.in_([literal(ReviewStatus.OPEN.value), literal(ReviewStatus.CLAIMED.value)]),
        reviews.c.kind == literal(ReviewKind.DRAFT.value),
        or_(
            exists().where(
                answers_elsewhere.c.conversation_id == emails.c.conversation_id,
                answers_elsewhere.c.kind == _SENT,
                answers_elsewhere.c.at >= emails.c.received_at,
            ),
            exists().where(
                message_ids.c.conversation_id == emails.c.conversation_id,
                answered_message_ids.c.message_id == message_ids.c.message_id,
            ),
            exists().where(ledger.c.email_id == emails.c.id, _AT_PLACE),
        ),
    )
)
PUT = insert_or_replace(answers_elsewhere, "kind", "mailbox_id", "uid_validity", "sign")
ADD_REFERENCE = insert(answered_message_ids)
ADD_MESSAGE_ID = insert_once(message_ids, "message_id")
PUT_CONVERSATION = insert_or_replace(conversations, "id")
FORGET = delete(answers_elsewhere).where(answers_elsewhere.c.at < bindparam("before"))
FORGET_REFERENCES = delete(answered_message_ids).where(answered_message_ids.c.at < bindparam("before"))
FORGET_OLDEST = delete(answers_elsewhere).where(
    answers_elsewhere.c.position <= select(func.max(answers_elsewhere.c.position) - bindparam("most")).scalar_subquery()
)
FORGET_OLDEST_REFERENCES = delete(answered_message_ids).where(
    answered_message_ids.c.position
    <= select(func.max(answered_message_ids.c.position) - bindparam("most")).scalar_subquery()
)


def answered_at(connection: Connection, email_id: EmailId) -> datetime | None:
    """Return the time of the newest sign that answers this very e-mail, None without one."""
    email = connection.execute(ANSWERED_EMAIL, {"id": email_id}).first()
    if email is None:
        return None
    times = [*_flags(connection, email), *_answers_to(connection, email)]
    return moment(max(times)) if times else None


def answered_drafts(connection: Connection) -> tuple[AnsweredDraft, ...]:
    """Return the undecided reviews of drafts whose e-mail was answered elsewhere."""
    found: list[AnsweredDraft] = []
    for row in connection.execute(PERHAPS_ANSWERED).all():
        if _flags(connection, row):
            found.append(AnsweredDraft(review_id=ReviewId(row.review_id), sign=SignKind.FLAGGED))
        elif _answers_to(connection, row) or _answers_since(connection, row):
            found.append(AnsweredDraft(review_id=ReviewId(row.review_id), sign=SignKind.SENT))
    return tuple(found)


def forget(connection: Connection, before: datetime, *, most: int = MOST_SIGNS) -> None:
    """Delete the signs from before that time, and the oldest of more than `most`."""
    connection.execute(FORGET, {"before": millis(before)})
    connection.execute(FORGET_REFERENCES, {"before": millis(before)})
    connection.execute(FORGET_OLDEST, {"most": most})
    connection.execute(FORGET_OLDEST_REFERENCES, {"most": most * MOST_REFERENCES})


def _flags(connection: Connection, email: Found) -> list[int]:
    return [row.at for row in connection.execute(FLAGS, {"id": email.id})]


def _answers_to(connection: Connection, email: Found) -> list[int]:
    """Return the times of the sent answers that refer to an e-mail and go to its correspondents."""
    content = decode(Email, email.email_json)
    if content.message_id is None:
        return []
    return _going_to(content, connection.execute(REFERRED, {"message_id": content.message_id}))


def _answers_since(connection: Connection, email: Found) -> list[int]:
    """Return the times of the sent answers that its correspondents got in its conversation since it came."""
    values = {"conversation_id": email.conversation_id, "after": email.received_at}
    return _going_to(decode(Email, email.email_json), connection.execute(SENT_INTO, values))


def _going_to(email: Email, rows: Iterable[Found]) -> list[int]:
    wanted = correspondents(email)
    return [row.at for row in rows if goes_to(decode_all(str, row.recipients_json), wanted)]


def note(connection: Connection, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
    """Note signs within the caller's transaction, and return the conversations that they concern."""
    notes = decide(answers, _known(connection, answers))
    _write(connection, notes)
    return tuple(notes.answered)


def _known(connection: Connection, answers: Sequence[Answer]) -> KnownAnswers:
    """Look up all that the answers refer to; on SQLite nothing of it can change before the transaction commits."""
    email_at = _emails_at(connection, [answer for answer in answers if isinstance(answer, FlaggedAnswer)])
    sent = [answer for answer in answers if isinstance(answer, SentAnswer)]
    names = {name for answer in sent for name in (answer.message_id, *answer.refers_to) if name}
    led = {row.message_id: ConversationId(row.conversation_id) for row in in_chunks(connection, LED, names, {})}
    concerned = {*led.values(), *(conversation_id for _, conversation_id in email_at.values())}
    known = KnownAnswers(
        noted=_noted(connection, answers),
        email_at=email_at,
        conversation_of=led,
        conversations=_conversations(connection, concerned),
        correspondents={},
    )
    return replace(known, correspondents=_correspondents(connection, sent, known))


def _correspondents(
    connection: Connection, sent: Sequence[SentAnswer], known: KnownAnswers
) -> dict[ConversationId, frozenset[str]]:
    """Read who takes part, down to Reply-To, where an answer goes to nobody whom the conversation itself names."""
    unclear = {
        conversation.id
        for answer in sent
        if known.noted.get(sign_of(answer)) is None
        for conversation in led_to(answer, known)
        if not goes_to(answer.recipients, frozenset(conversation.participants))
    }
    found: defaultdict[ConversationId, frozenset[str]] = defaultdict(frozenset)
    for row in in_chunks(connection, CORRESPONDENTS, unclear, {}):
        found[row.conversation_id] |= correspondents(decode(Email, row.email_json))
    return found


def _noted(connection: Connection, answers: Sequence[Answer]) -> dict[Sign, AnsweredConversation | None]:
    groups: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for answer in answers:
        *group, key = sign_of(answer)
        groups[group[0], group[1], group[2]].append(key)
    noted: dict[Sign, AnsweredConversation | None] = {}
    for (kind, mailbox_id, uid_validity), keys in groups.items():
        values = {"kind": kind, "mailbox_id": mailbox_id, "uid_validity": uid_validity}
        for row in in_chunks(connection, NOTED, keys, values):
            noted[kind, mailbox_id, uid_validity, row.sign] = _noted_before(row)
    return noted


def _noted_before(row: Found) -> AnsweredConversation | None:
    if row.conversation_id is None:
        return None
    return AnsweredConversation(conversation_id=row.conversation_id, email_id=row.email_id, at=moment(row.at))


def _emails_at(connection: Connection, answers: Sequence[FlaggedAnswer]) -> dict[Place, tuple[EmailId, ConversationId]]:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for answer in answers:
        groups[answer.mailbox_id, answer.uid_validity].append(answer.uid)
    found: dict[Place, tuple[EmailId, ConversationId]] = {}
    for (mailbox_id, uid_validity), uids in groups.items():
        values = {"mailbox_id": mailbox_id, "uid_validity": uid_validity}
        for row in in_chunks(connection, EMAILS_AT, uids, values):
            found[mailbox_id, uid_validity, row.uid] = (row.id, row.conversation_id)
    return found


def _conversations(connection: Connection, ids: set[ConversationId]) -> dict[ConversationId, Conversation]:
    return {row.id: conversation_of(row) for row in in_chunks(connection, CONCERNED, ids, {})}


def _write(connection: Connection, notes: AnswerNotes) -> None:
    names = [
        {"message_id": name, "conversation_id": conversation_id} for name, conversation_id in notes.message_ids.items()
    ]
    execute_all(connection, PUT_CONVERSATION, [conversation_row(one) for one in notes.conversations.values()])
    execute_all(connection, ADD_MESSAGE_ID, names)
    execute_all(connection, PUT, [_row(sign, *noted) for sign, noted in notes.signs.items()])
    execute_all(connection, ADD_REFERENCE, [row for answer in notes.new for row in _references(answer)])


def _row(sign: Sign, answer: Answer, found: AnsweredConversation | None) -> Values:
    kind, mailbox_id, uid_validity, key = sign
    return {
        "kind": kind,
        "mailbox_id": mailbox_id,
        "uid_validity": uid_validity,
        "sign": key,
        "recipients_json": encode_all(str, answer.recipients if isinstance(answer, SentAnswer) else ()),
        "conversation_id": found.conversation_id if found else None,
        "email_id": found.email_id if found else None,
        "at": millis(found.at if found else time_of(answer)),
    }


def _references(answer: SentAnswer) -> list[Values]:
    shared: Values = {"recipients_json": encode_all(str, answer.recipients), "at": millis(answer.sent_at)}
    return [shared | {"message_id": name} for name in answer.refers_to[:MOST_REFERENCES]]
