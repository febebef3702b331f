"""Rows become nouns and nouns become rows; times become milliseconds and back."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Row

from postroom.interfaces.codec import decode, decode_all, encode, encode_all
from postroom.model.conversation import Conversation
from postroom.model.draft import Draft
from postroom.model.email import Address, Email, StoredEmail
from postroom.model.execution import (
    Event,
    EventKind,
    Execution,
    ExecutionId,
    ExecutionStatus,
    Failure,
    FinalState,
    Progress,
)
from postroom.model.reply import OutgoingEmail, Reply, ReplyState
from postroom.model.review import Decision, Review, ReviewKind, ReviewStatus

Found = Row[*tuple[object, ...]]
Values = dict[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def millis(at: datetime) -> int:
    """Return a time as whole milliseconds since 1970 UTC."""
    return (at - _EPOCH) // _MILLISECOND


def millis_from(at: datetime) -> int:
    """Return the first whole millisecond that is not before a time, to compare with stored ones."""
    return millis(at) + (at.microsecond % 1000 > 0)


def optional_millis(at: datetime | None) -> int | None:
    """Return a time as milliseconds, None for None."""
    return None if at is None else millis(at)


def moment(value: int) -> datetime:
    """Return the UTC time of some milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=value)


def optional_moment(value: int | None) -> datetime | None:
    """Return the UTC time of some milliseconds, None for None."""
    return None if value is None else moment(value)


def email_of(row: Found) -> StoredEmail:
    """Return the e-mail of a row of `emails`."""
    return StoredEmail(
        id=row.id,
        mailbox_id=row.mailbox_id,
        conversation_id=row.conversation_id,
        conversation_version=row.conversation_version,
        content_hash=row.content_hash,
        received_at=moment(row.received_at),
        accepted_at=moment(row.accepted_at),
        size_bytes=row.size_bytes,
        email=decode(Email, row.email_json),
    )


def email_row(email: StoredEmail) -> Values:
    """Return the row of `emails` for an e-mail."""
    return {
        "id": email.id,
        "mailbox_id": email.mailbox_id,
        "conversation_id": email.conversation_id,
        "conversation_version": email.conversation_version,
        "content_hash": email.content_hash,
        "received_at": millis(email.received_at),
        "accepted_at": millis(email.accepted_at),
        "size_bytes": email.size_bytes,
        "email_json": encode(email.email),
    }


def conversation_of(row: Found) -> Conversation:
    """Return the conversation of a row of `conversations`."""
    return Conversation(
        id=row.id,
        subject=row.subject,
        participants=decode_all(str, row.participants_json),
        version=row.version,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def conversation_row(conversation: Conversation) -> Values:
    """Return the row of `conversations` for a conversation."""
    return {
        "id": conversation.id,
        "subject": conversation.subject,
        "participants_json": encode_all(str, conversation.participants),
        "version": conversation.version,
        "created_at": millis(conversation.created_at),
        "updated_at": millis(conversation.updated_at),
    }


def execution_of(row: Found) -> Execution:
    """Return the execution of a row of `executions`."""
    return Execution(
        id=row.id,
        email_id=row.email_id,
        mailbox_id=row.mailbox_id,
        workflow=row.workflow,
        version=row.version,
        status=ExecutionStatus(row.status),
        run=row.run,
        final_state=None if row.final_state is None else FinalState(row.final_state),
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        dry_run=bool(row.dry_run),
        progress=None if row.progress_json is None else decode(Progress, row.progress_json),
    )


def execution_row(execution: Execution) -> Values:
    """Return the row of `executions` for an execution."""
    return {
        "id": execution.id,
        "email_id": execution.email_id,
        "mailbox_id": execution.mailbox_id,
        "workflow": execution.workflow,
        "version": execution.version,
        "status": execution.status.value,
        "run": execution.run,
        "final_state": None if execution.final_state is None else execution.final_state.value,
        "created_at": millis(execution.created_at),
        "updated_at": millis(execution.updated_at),
        "dry_run": int(execution.dry_run),
        "progress_json": None if execution.progress is None else encode(execution.progress),
    }


class EventColumns(NamedTuple):
    """A row of `events` as the driver gives it, in the order of the columns."""

    cursor: int
    execution_id: ExecutionId
    node_id: str
    attempt: int
    kind: str
    at: int
    note: str
    output: str
    failure_json: str | None
    workflow: str


def event_of(row: Found | EventColumns) -> Event:
    """Return the event of a row of `events`."""
    return Event(
        execution_id=row.execution_id,
        node_id=row.node_id,
        attempt=row.attempt,
        kind=EventKind(row.kind),
        at=moment(row.at),
        note=row.note,
        output=row.output,
        failure=None if row.failure_json is None else decode(Failure, row.failure_json),
        workflow=row.workflow,
        cursor=row.cursor,
    )


def event_row(event: Event) -> Values:
    """Return the row of `events` for an event; the database gives the cursor."""
    return {
        "execution_id": event.execution_id,
        "node_id": event.node_id,
        "attempt": event.attempt,
        "kind": event.kind.value,
        "at": millis(event.at),
        "note": event.note,
        "output": event.output,
        "failure_json": None if event.failure is None else encode(event.failure),
        "workflow": event.workflow,
    }


def review_of(row: Found) -> Review:
    """Return the review of a row of `reviews`."""
    return Review(
        id=row.id,
        kind=ReviewKind(row.kind),
        execution_id=row.execution_id,
        node_id=row.node_id,
        email_id=row.email_id,
        rank=row.rank,
        reason=row.reason,
        draft=None if row.draft_json is None else decode(Draft, row.draft_json),
        status=ReviewStatus(row.status),
        claimed_by=row.claimed_by,
        decision=None if row.decision_json is None else decode(Decision, row.decision_json),
        created_at=moment(row.created_at),
        reminded_at=optional_moment(row.reminded_at),
        told=decode_all(str, row.told_json),
    )


def review_row(review: Review) -> Values:
    """Return the row of `reviews` for a review."""
    return {
        "id": review.id,
        "kind": review.kind.value,
        "execution_id": review.execution_id,
        "node_id": review.node_id,
        "email_id": review.email_id,
        "rank": review.rank,
        "reason": review.reason,
        "told_json": encode_all(str, review.told),
        "draft_json": None if review.draft is None else encode(review.draft),
        "status": review.status.value,
        "claimed_by": review.claimed_by,
        "decision_json": None if review.decision is None else encode(review.decision),
        "created_at": millis(review.created_at),
        "reminded_at": optional_millis(review.reminded_at),
        "not_before": optional_millis(review.decision.not_before if review.decision else None),
    }


def reply_of(row: Found) -> Reply:
    """Return the reply of a row of `replies` joined with its content."""
    return Reply(
        id=row.id,
        email_id=row.email_id,
        mailbox_id=row.mailbox_id,
        conversation_id=row.conversation_id,
        outgoing=OutgoingEmail(
            message_id=row.message_id,
            mail_from=row.mail_from,
            recipient=Address(name=row.recipient_name, address=row.recipient_address),
            content=row.content,
        ),
        conversation_version=row.conversation_version,
        automatic=bool(row.automatic),
        article_ids=decode_all(str, row.article_ids_json),
        state=ReplyState(row.state),
        lease=row.lease,
        detail=row.detail,
        not_before=optional_moment(row.not_before),
        retried_at=optional_moment(row.retried_at),
        filed=bool(row.filed),
        bounced=row.bounced,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def reply_row(reply: Reply) -> Values:
    """Return the row of `replies` for a reply; its content goes into a table of its own."""
    return {
        "id": reply.id,
        "email_id": reply.email_id,
        "mailbox_id": reply.mailbox_id,
        "conversation_id": reply.conversation_id,
        "message_id": reply.outgoing.message_id,
        "mail_from": reply.outgoing.mail_from,
        "recipient_name": reply.outgoing.recipient.name,
        "recipient_address": reply.outgoing.recipient.address,
        "conversation_version": reply.conversation_version,
        "automatic": int(reply.automatic),
        "article_ids_json": encode_all(str, reply.article_ids),
        "state": reply.state.value,
        "lease": reply.lease,
        "detail": reply.detail,
        "not_before": optional_millis(reply.not_before),
        "retried_at": optional_millis(reply.retried_at),
        "filed": int(reply.filed),
        "bounced": reply.bounced,
        "created_at": millis(reply.created_at),
        "updated_at": millis(reply.updated_at),
    }
