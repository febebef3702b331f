"""What accepting looks up in the database, and what it writes there; `acceptance` decides in between."""

from collections.abc import Sequence

from sqlalchemy import Connection, Text, bindparam, insert, select, update

from postroom.interfaces.codec import encode
from postroom.model.email import ConversationId, EmailId
from postroom.model.ledger import Acceptance, Arrival, EntryKind
from postroom.stores.sql.acceptance import Additions, Copy, Known, place_of, takes_over
from postroom.stores.sql.rows import (
    Values,
    conversation_of,
    conversation_row,
    email_of,
    email_row,
    event_row,
    execution_row,
    millis,
)
from postroom.stores.sql.search_index import index_emails, index_further_mailboxes
from postroom.stores.sql.statements import execute_all, in_chunks, insert_once, insert_or_replace
from postroom.stores.sql.tables.emails import (
    attachments,
    conversations,
    email_contents,
    emails,
    further_mailboxes,
    message_ids,
)
from postroom.stores.sql.tables.executions import events, executions
from postroom.stores.sql.tables.intake import ledger, mailbox_cursors

KNOWN_PLACES = select(ledger.c.uid, ledger.c.kind, ledger.c.email_id, ledger.c.execution_id).where(
    ledger.c.mailbox_id == bindparam("mailbox_id"),
    ledger.c.uid_validity == bindparam("uid_validity"),
    ledger.c.uid.in_(bindparam("keys", expanding=True)),
)
KNOWN_EMAILS = select(emails.c.id).where(emails.c.id.in_(bindparam("keys", expanding=True)))
KNOWN_COPIES = (
    select(ledger.c.email_id, ledger.c.mailbox_id, ledger.c.kind, ledger.c.execution_id, ledger.c.observed)
    .where(ledger.c.email_id.in_(bindparam("keys", expanding=True)))
    .order_by(ledger.c.email_id, ledger.c.position)
)
STORED_EMAILS = select(emails).where(emails.c.id.in_(bindparam("keys", expanding=True)))
KNOWN_MESSAGE_IDS = select(message_ids.c.message_id, message_ids.c.conversation_id).where(
    message_ids.c.message_id.in_(bindparam("keys", expanding=True))
)
KNOWN_CONVERSATIONS = select(conversations).where(conversations.c.id.in_(bindparam("keys", expanding=True)))

ADD_ENTRY = insert(ledger)
ADD_EMAIL = insert(emails)
REVISE_EMAIL = update(emails).where(emails.c.id == bindparam("key")).values(email_json=bindparam("email_json"))
ADD_FURTHER = insert(further_mailboxes).from_select(
    ["mailbox_id", "received_at", "email_position"],
    select(bindparam("mailbox", type_=Text()), emails.c.received_at, emails.c.position).where(
        emails.c.id == bindparam("key")
    ),
)
ADD_CONTENT = insert(email_contents)
ADD_ATTACHMENT = insert_once(attachments, "digest")
ADD_MESSAGE_ID = insert(message_ids)
ADD_EXECUTION = insert_once(executions, "id")
ADD_EVENT = insert_once(events, "execution_id", "node_id", "attempt", "kind")
PUT_CONVERSATION = insert_or_replace(conversations, "id")
PUT_CURSOR = insert_or_replace(mailbox_cursors, "mailbox_id")


def known(connection: Connection, arrivals: Sequence[Arrival]) -> Known:
    """Look up all that the arrivals refer to.

    On SQLite the transaction holds the write lock already, so nothing of it can change before it commits. PostgreSQL
    will need one lock for all acceptances (an advisory one), or two of them could both find nothing.
    """
    named = {name for arrival in arrivals for name in arrival.thread_ids}
    named |= {arrival.email.message_id for arrival in arrivals if arrival.email.message_id}
    found = in_chunks(connection, KNOWN_MESSAGE_IDS, named, {})
    by_message_id = {row.message_id: ConversationId(row.conversation_id) for row in found}
    joined = in_chunks(connection, KNOWN_CONVERSATIONS, set(by_message_id.values()), {})
    ids = {arrival.email_id for arrival in arrivals}
    known_emails = {row.id for row in in_chunks(connection, KNOWN_EMAILS, ids, {})}
    copies = _known_copies(connection, known_emails)
    wanted = {
        one.email_id for one in arrivals if one.email_id in known_emails and takes_over(one, copies[one.email_id])
    }
    return Known(
        entries=_known_entries(connection, arrivals),
        emails=known_emails,
        copies=copies,
        stored={row.id: email_of(row) for row in in_chunks(connection, STORED_EMAILS, wanted, {})},
        conversation_of=by_message_id,
        conversations={row.id: conversation_of(row) for row in joined},
    )


def write(connection: Connection, additions: Additions) -> None:
    """Write each kind of row with one statement."""
    contents = [{"email_id": email.id, "content": content} for email, content in additions.emails]
    kept = [
        {"digest": digest, "size_bytes": len(content), "content": content}
        for digest, content in additions.attachments.items()
    ]
    names = [
        {"message_id": name, "conversation_id": conversation_id}
        for name, conversation_id in additions.message_ids.items()
    ]
    revised = [{"key": email_id, "email_json": encode(email)} for email_id, email in additions.revised.items()]
    cursors = [{"mailbox_id": mailbox_id, "cursor": cursor} for mailbox_id, cursor in additions.cursors.items()]
    execute_all(connection, PUT_CONVERSATION, [conversation_row(one) for one in additions.conversations.values()])
    execute_all(connection, ADD_EMAIL, [email_row(email) for email, _ in additions.emails])
    index_emails(connection, [email for email, _ in additions.emails])
    further = [{"key": email_id, "mailbox": mailbox_id} for email_id, mailbox_id in additions.further]
    execute_all(connection, ADD_FURTHER, further)
    index_further_mailboxes(connection, additions.further)
    execute_all(connection, REVISE_EMAIL, revised)
    execute_all(connection, ADD_CONTENT, contents)
    execute_all(connection, ADD_ATTACHMENT, kept)
    execute_all(connection, ADD_MESSAGE_ID, names)
    execute_all(connection, ADD_EXECUTION, [execution_row(execution) for execution in additions.executions])
    execute_all(connection, ADD_EVENT, [event_row(event) for event in additions.events])
    execute_all(connection, ADD_ENTRY, [_entry_row(arrival, made) for arrival, made in additions.entries])
    execute_all(connection, PUT_CURSOR, cursors)


def _known_copies(connection: Connection, known_emails: set[EmailId]) -> dict[EmailId, list[Copy]]:
    copies: dict[EmailId, list[Copy]] = {email_id: [] for email_id in known_emails}
    for row in in_chunks(connection, KNOWN_COPIES, known_emails, {}):
        copies[row.email_id].append(
            Copy(
                mailbox_id=row.mailbox_id,
                kind=EntryKind(row.kind),
                execution_id=row.execution_id,
                observed=bool(row.observed),
            )
        )
    return copies


def _known_entries(connection: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str, str], Acceptance]:
    entries = {}
    for mailbox_id, uid_validity in dict.fromkeys(place_of(arrival)[:2] for arrival in arrivals):
        uids = [
            arrival.raw.uid
            for arrival in arrivals
            if arrival.raw.mailbox_id == mailbox_id and arrival.raw.uid_validity == uid_validity
        ]
        place = {"mailbox_id": mailbox_id, "uid_validity": uid_validity}
        for row in in_chunks(connection, KNOWN_PLACES, uids, place):
            entries[mailbox_id, uid_validity, row.uid] = Acceptance(
                kind=EntryKind(row.kind), email_id=row.email_id, execution_id=row.execution_id, already_known=True
            )
    return entries


def _entry_row(arrival: Arrival, acceptance: Acceptance) -> Values:
    return {
        "mailbox_id": arrival.raw.mailbox_id,
        "uid_validity": arrival.raw.uid_validity,
        "uid": arrival.raw.uid,
        "kind": acceptance.kind.value,
        "email_id": acceptance.email_id,
        "execution_id": acceptance.execution_id,
        "accepted_at": millis(arrival.accepted_at),
        "observed": int(arrival.observed),
    }
