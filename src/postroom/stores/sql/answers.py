"""Signs that a person answered with another program, in SQL."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select

from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.model.conversation import AnsweredConversation, Conversation
from postroom.model.email import ConversationId, EmailId
from postroom.stores.sql.answering import Known, Notes, Place, Sign, decide, sign_of
from postroom.stores.sql.rows import Values, conversation_of, conversation_row, millis, moment
from postroom.stores.sql.statements import execute_all, in_chunks, insert_once, insert_or_replace
from postroom.stores.sql.tables import answers_elsewhere, conversations, emails, ledger, message_ids

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
ADD = insert(answers_elsewhere)
ADD_MESSAGE_ID = insert_once(message_ids, "message_id")
PUT_CONVERSATION = insert_or_replace(conversations, "id")


def note(connection: Connection, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
    """Note signs within the caller's transaction, and return the conversations that they concern."""
    notes = decide(answers, _known(connection, answers))
    _write(connection, notes)
    return tuple(notes.answered)


def _known(connection: Connection, answers: Sequence[Answer]) -> Known:
    """Look up all that the answers refer to; on SQLite nothing of it can change before the transaction commits."""
    email_at = _emails_at(connection, [answer for answer in answers if isinstance(answer, FlaggedAnswer)])
    sent = [answer for answer in answers if isinstance(answer, SentAnswer)]
    names = {name for answer in sent for name in (answer.message_id, *answer.refers_to)}
    led = {row.message_id: ConversationId(row.conversation_id) for row in in_chunks(connection, LED, names, {})}
    concerned = {*led.values(), *(conversation_id for _, conversation_id in email_at.values())}
    return Known(
        noted=_noted(connection, answers),
        email_at=email_at,
        conversation_of=led,
        conversations=_conversations(connection, concerned),
    )


def _noted(connection: Connection, answers: Sequence[Answer]) -> dict[Sign, AnsweredConversation]:
    groups: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for answer in answers:
        *group, key = sign_of(answer)
        groups[group[0], group[1], group[2]].append(key)
    noted: dict[Sign, AnsweredConversation] = {}
    for (kind, mailbox_id, uid_validity), keys in groups.items():
        values = {"kind": kind, "mailbox_id": mailbox_id, "uid_validity": uid_validity}
        for row in in_chunks(connection, NOTED, keys, values):
            noted[kind, mailbox_id, uid_validity, row.sign] = AnsweredConversation(
                conversation_id=row.conversation_id, email_id=row.email_id, at=moment(row.at)
            )
    return noted


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


def _write(connection: Connection, notes: Notes) -> None:
    names = [
        {"message_id": name, "conversation_id": conversation_id} for name, conversation_id in notes.message_ids.items()
    ]
    execute_all(connection, PUT_CONVERSATION, [conversation_row(one) for one in notes.conversations.values()])
    execute_all(connection, ADD_MESSAGE_ID, names)
    execute_all(connection, ADD, [_row(sign, found) for sign, found in notes.signs.items()])


def _row(sign: Sign, found: AnsweredConversation) -> Values:
    kind, mailbox_id, uid_validity, key = sign
    return {
        "kind": kind,
        "mailbox_id": mailbox_id,
        "uid_validity": uid_validity,
        "sign": key,
        "conversation_id": found.conversation_id,
        "email_id": found.email_id,
        "at": millis(found.at),
    }
