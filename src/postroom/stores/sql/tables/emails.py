"""E-mails with their bytes, and the conversations they belong to."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from postroom.stores.sql.tables.columns import (
    Position,
    metadata,
    optional_text,
    position,
    required_integer,
    required_text,
)

emails = Table(
    "emails",
    metadata,
    position(),
    required_text("id"),
    required_text("mailbox_id"),
    required_text("conversation_id"),
    required_integer("conversation_version"),
    required_text("content_hash"),
    required_integer("received_at"),
    required_integer("accepted_at"),
    required_integer("size_bytes"),
    required_text("email_json"),
    Index("uq_emails_id", "id", unique=True),
    # With the id, so that figures read no row, which holds a whole text.
    Index("ix_emails_received", "received_at", "position", "id"),
    Index("ix_emails_conversation", "conversation_id", "received_at", "position"),
    Index("ix_emails_mailbox", "mailbox_id", "received_at", "position"),
)

# The mailboxes that an e-mail reached besides its own, each once, in the order of their lists.
further_mailboxes = Table(
    "further_mailboxes",
    metadata,
    Column("mailbox_id", Text, primary_key=True),
    Column("received_at", BigInteger, primary_key=True, autoincrement=False),
    Column("email_position", Position, primary_key=True, autoincrement=False),
    # Its key is all there is of a row.
    sqlite_with_rowid=False,
)

email_contents = Table(
    "email_contents",
    metadata,
    Column("email_id", Text, ForeignKey("emails.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Each attachment once, under the SHA-256 of its bytes, however many e-mails carry it.
attachments = Table(
    "attachments",
    metadata,
    Column("digest", Text, primary_key=True),
    required_integer("size_bytes"),
    Column("content", LargeBinary, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    required_text("subject"),
    required_text("participants_json"),
    required_integer("version"),
    required_integer("created_at"),
    required_integer("updated_at"),
    Index("ix_conversations_updated", "updated_at", "id"),
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("message_id", Text, primary_key=True),
    required_text("conversation_id"),
    Index("ix_message_ids_conversation", "conversation_id"),
)

notes = Table(
    "notes",
    metadata,
    position(),
    required_text("id"),
    required_text("conversation_id"),
    required_text("by"),
    required_integer("at"),
    required_text("text"),
    Index("uq_notes_id", "id", unique=True),
    Index("ix_notes_conversation", "conversation_id", "position"),
    # As cursors name positions, that of a removed note must not be given to a later one.
    sqlite_autoincrement=True,
)

# What a search can find; the words of each lie under its `document` in an index of the dialect's own making.
search_documents = Table(
    "search_documents",
    metadata,
    Column("document", Position, primary_key=True, autoincrement=False),
    required_text("kind"),
    required_text("id"),
    required_text("conversation_id"),
    optional_text("mailbox_id"),
    Index("uq_search_documents_id", "kind", "id", unique=True),
)
