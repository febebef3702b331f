"""People: who may log in, what they chose, sent in and did, and what waits for them."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from postroom.stores.sql.tables.columns import metadata, optional_text, position, required_integer, required_text

STILL_OPEN = text("cleared_at IS NULL")

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    required_text("name"),
    required_text("role"),
    required_integer("disabled"),
    required_integer("revision"),
    required_text("user_json"),
    Index("uq_users_name", "name", unique=True),
)

credentials = Table(
    "credentials",
    metadata,
    position(),
    required_text("id"),
    required_text("kind"),
    required_text("digest"),
    optional_text("user_id"),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    required_text("credential_json"),
    Index("uq_credentials_id", "id", unique=True),
    Index("uq_credentials_digest", "kind", "digest", unique=True),
    Index("ix_credentials_user", "user_id", "kind", "position"),
    Index("ix_credentials_kind", "kind", "position"),
    Index("ix_credentials_expires", "expires_at"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("name", Text, primary_key=True),
    required_integer("revision"),
    required_text("preferences_json"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("key", Text, primary_key=True),
    required_text("fingerprint"),
    required_text("plan"),
    required_integer("at"),
    Index("ix_submissions_at", "at"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    position(),
    required_text("id"),
    required_integer("at"),
    required_text("by"),
    required_text("act"),
    required_text("subject"),
    required_text("entry_json"),
    Index("uq_audit_entries_id", "id", unique=True),
    Index("ix_audit_entries_at", "at", "position"),
    Index("ix_audit_entries_by", "by", "at", "position"),
    Index("ix_audit_entries_act", "act", "at", "position"),
    Index("ix_audit_entries_subject", "subject", "at", "position"),
)

reviews = Table(
    "reviews",
    metadata,
    position(),
    required_text("id"),
    required_text("kind"),
    required_text("execution_id"),
    required_text("node_id"),
    required_text("email_id"),
    required_integer("rank"),
    required_text("reason"),
    optional_text("draft_json"),
    required_text("status"),
    optional_text("claimed_by"),
    optional_text("decision_json"),
    required_integer("created_at"),
    Column("reminded_at", BigInteger),
    # Until when the decision can be taken back; none: it is final.
    Column("not_before", BigInteger),
    Column("told_json", Text, nullable=False, server_default="[]"),
    Index("uq_reviews_id", "id", unique=True),
    Index("ix_reviews_queue", "status", "rank", "created_at", "position"),
    Index("ix_reviews_execution", "execution_id"),
    Index("ix_reviews_email", "email_id"),
)

# At most one alarm of a key is open; those that were cleared stay as history.
alarms = Table(
    "alarms",
    metadata,
    position(),
    required_text("key"),
    required_text("title"),
    required_text("text"),
    required_integer("raised_at"),
    Column("told_at", BigInteger),
    Column("cleared_at", BigInteger),
    Index("uq_alarms_open", "key", unique=True, sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
    Index("ix_alarms_open", "raised_at", "position", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
)
