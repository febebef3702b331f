"""Mailboxes, and the accounts and webhooks that lead to other servers."""

from sqlalchemy import Column, Index, Table, Text, text

from postroom.stores.sql.tables.columns import metadata, position, required_integer, required_text

NOT_YET_DELIVERED = text("state = 'pending'")

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", Text, primary_key=True),
    required_integer("revision"),
    required_text("mailbox_json"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("family", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    required_integer("revision"),
    required_text("account_json"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    required_integer("cursor"),
    required_text("stopped"),
    required_integer("revision"),
    required_text("webhook_json"),
)

deliveries = Table(
    "deliveries",
    metadata,
    position(),
    required_text("id"),
    required_text("webhook_id"),
    required_integer("event_cursor"),
    required_text("body"),
    required_text("state"),
    required_integer("attempts"),
    required_integer("next_at"),
    required_integer("created_at"),
    required_integer("updated_at"),
    required_text("detail"),
    Index("uq_deliveries_id", "id", unique=True),
    Index("ix_deliveries_webhook", "webhook_id", "position"),
    Index("ix_deliveries_state", "webhook_id", "state", "position"),
    Index("ix_deliveries_ended", "state", "updated_at"),
    Index(
        "ix_deliveries_due",
        "webhook_id",
        "next_at",
        "position",
        sqlite_where=NOT_YET_DELIVERED,
        postgresql_where=NOT_YET_DELIVERED,
    ),
)
