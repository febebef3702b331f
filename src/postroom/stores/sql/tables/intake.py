"""What was accepted from mailboxes, how far each was read, what could not be read, and answers given elsewhere."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from postroom.stores.sql.tables.columns import metadata, optional_text, position, required_integer, required_text

AS_HISTORY = text("kind = 'history'")

ledger = Table(
    "ledger",
    metadata,
    position(),
    required_text("mailbox_id"),
    required_text("uid_validity"),
    required_text("uid"),
    required_text("kind"),
    optional_text("email_id"),
    optional_text("execution_id"),
    required_integer("accepted_at"),
    # Whether the mailbox was in mode observe then: another one may still have to answer the mail.
    Column("observed", BigInteger, nullable=False, server_default="0"),
    Index("uq_ledger_place", "mailbox_id", "uid_validity", "uid", unique=True),
    Index("ix_ledger_mailbox", "mailbox_id", "position"),
    Index("ix_ledger_email", "email_id"),
    Index("ix_ledger_history", "mailbox_id", "position", sqlite_where=AS_HISTORY, postgresql_where=AS_HISTORY),
)

mailbox_cursors = Table(
    "mailbox_cursors", metadata, Column("mailbox_id", Text, primary_key=True), required_text("cursor")
)

quarantine = Table(
    "quarantine",
    metadata,
    position(),
    required_text("id"),
    required_text("mailbox_id"),
    required_text("uid_validity"),
    required_text("uid"),
    required_text("reason"),
    required_integer("size_bytes"),
    required_integer("at"),
    # What the mailbox said of it; of rows from before these columns nobody knows.
    Column("received_at", BigInteger),
    optional_text("flags_json"),
    Index("uq_quarantine_id", "id", unique=True),
)

quarantine_contents = Table(
    "quarantine_contents",
    metadata,
    Column("quarantine_id", Text, ForeignKey("quarantine.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Signs that a person answered with another program: `sign` is the UID of a flagged e-mail (of `uid_validity`), or the
# Message-ID of a sent one (`uid_validity` is empty then), or its place where it has none. Those that concern nothing
# known have no conversation yet.
answers_elsewhere = Table(
    "answers_elsewhere",
    metadata,
    position(),
    required_text("kind"),
    required_text("mailbox_id"),
    required_text("uid_validity"),
    required_text("sign"),
    required_text("recipients_json"),
    optional_text("conversation_id"),
    optional_text("email_id"),
    required_integer("at"),
    Index("uq_answers_elsewhere_sign", "mailbox_id", "uid_validity", "sign", "kind", unique=True),
    Index("ix_answers_elsewhere_conversation", "conversation_id", "kind", "at"),
    Index("ix_answers_elsewhere_at", "at"),
)

# What sent answers refer to: one row for each id, so that an e-mail finds its answers by its own Message-ID.
answered_message_ids = Table(
    "answered_message_ids",
    metadata,
    position(),
    required_text("message_id"),
    required_text("recipients_json"),
    required_integer("at"),
    Index("ix_answered_message_ids_message_id", "message_id"),
    Index("ix_answered_message_ids_at", "at"),
)
