"""Replies, and what may hold them back."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from postroom.stores.sql.tables.columns import metadata, optional_text, position, required_integer, required_text

# Conditions of indexes that hold few of many rows; a statement must repeat one word for word to use its index.
UNFILED = text("filed = 0")
NOT_YET_SENT = text("state = 'pending'")

replies = Table(
    "replies",
    metadata,
    position(),
    required_text("id"),
    required_text("email_id"),
    required_text("mailbox_id"),
    required_text("conversation_id"),
    required_text("message_id"),
    required_text("mail_from"),
    required_text("recipient_name"),
    required_text("recipient_address"),
    Column("conversation_version", BigInteger),
    required_integer("automatic"),
    required_text("article_ids_json"),
    required_text("state"),
    required_integer("lease"),
    required_text("detail"),
    Column("not_before", BigInteger),
    required_integer("created_at"),
    required_integer("updated_at"),
    # Replies from before these columns: nobody looks for their copies, and no report of them was read.
    Column("filed", BigInteger, nullable=False, server_default="1"),
    Column("bounced", Text, nullable=False, server_default=""),
    Column("retried_at", BigInteger),
    Column("sent_at", BigInteger),
    Index("uq_replies_id", "id", unique=True),
    Index("ix_replies_state", "state", "position"),
    Index("ix_replies_message_id", "message_id"),
    Index("ix_replies_email", "email_id"),
    Index("ix_replies_conversation", "conversation_id", "position"),
    Index("ix_replies_unfiled", "mailbox_id", "state", "position", sqlite_where=UNFILED, postgresql_where=UNFILED),
    Index(
        "ix_replies_due", "state", "not_before", "position", sqlite_where=NOT_YET_SENT, postgresql_where=NOT_YET_SENT
    ),
)

reply_contents = Table(
    "reply_contents",
    metadata,
    Column("reply_id", Text, ForeignKey("replies.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# One place of one reply under one scope; from `kept_until` on, no window that it was taken for reaches back to it.
allowances = Table(
    "allowances",
    metadata,
    position(),
    required_text("scope"),
    required_text("reply_id"),
    required_integer("at"),
    required_integer("kept_until"),
    Index("uq_allowances_place", "scope", "reply_id", unique=True),
    Index("ix_allowances_scope", "scope", "at"),
    Index("ix_allowances_kept", "kept_until"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address", Text, primary_key=True),
    required_text("reason"),
    optional_text("reply_id"),
    required_integer("at"),
)
