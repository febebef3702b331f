"""Users and their credentials, audit log, notes, webhooks, articles, and what lists by workflow or mailbox read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_YET_DELIVERED = sa.text("state = 'pending'")
_NOTABLE = sa.text(
    "kind IN ('execution_cancelled', 'execution_failed', 'execution_paused', 'node_failed', 'node_retrying')"
)
_PACE = sa.text("kind IN ('execution_cancelled', 'execution_failed', 'execution_started', 'execution_succeeded')")
# Events of executions that are not stored any more keep the empty name.
_FILL_WORKFLOW = (
    "UPDATE events SET workflow = coalesce("
    "(SELECT executions.workflow FROM executions WHERE executions.id = events.execution_id), '')"
)
_FILL_SENT_AT = "UPDATE replies SET sent_at = updated_at WHERE state = 'sent'"


def upgrade() -> None:
    """Add the tables, columns and indexes; events learn their workflow, and sent replies when they were sent."""
    _widen_mail()
    _widen_events()
    _widen_workflows()
    _make_users()
    _make_credentials()
    _make_audit()
    _make_notes_and_preferences()
    _make_webhooks()
    _make_deliveries()
    _make_articles()


def _widen_mail() -> None:
    op.create_index("ix_emails_mailbox", "emails", ["mailbox_id", "received_at", "position"])
    op.create_index("ix_conversations_updated", "conversations", ["updated_at", "id"])
    op.create_index("ix_executions_workflow", "executions", ["workflow", "status", "position"])
    op.create_index("ix_executions_mailbox", "executions", ["mailbox_id", "position"])
    op.create_index("ix_executions_email", "executions", ["email_id", "position"])
    op.add_column("reviews", sa.Column("not_before", sa.BigInteger(), nullable=True))
    op.add_column("reviews", sa.Column("told_json", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("replies", sa.Column("sent_at", sa.BigInteger(), nullable=True))
    op.execute(_FILL_SENT_AT)
    op.create_index("ix_replies_conversation", "replies", ["conversation_id", "position"])


def _widen_events() -> None:
    op.add_column("events", sa.Column("workflow", sa.Text(), nullable=False, server_default=""))
    op.execute(_FILL_WORKFLOW)
    op.create_index("ix_events_workflow", "events", ["workflow", "cursor"])
    op.create_index("ix_events_node", "events", ["node_id", "cursor"])
    op.create_index("ix_events_at", "events", ["at", "cursor"])
    op.create_index("ix_events_notable", "events", ["cursor"], sqlite_where=_NOTABLE, postgresql_where=_NOTABLE)
    op.create_index(
        "ix_events_pace", "events", ["workflow", "at", "kind", "attempt"], sqlite_where=_PACE, postgresql_where=_PACE
    )


def _widen_workflows() -> None:
    op.add_column("workflows", sa.Column("saved_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "published_workflows",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
    )


def _make_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("disabled", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("user_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_users_name", "users", ["name"], unique=True)


def _make_credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("credential_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_credentials_id", "credentials", ["id"], unique=True)
    op.create_index("uq_credentials_digest", "credentials", ["kind", "digest"], unique=True)
    op.create_index("ix_credentials_user", "credentials", ["user_id", "kind", "position"])
    op.create_index("ix_credentials_kind", "credentials", ["kind", "position"])
    op.create_index("ix_credentials_expires", "credentials", ["expires_at"])


def _make_audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("entry_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_audit_entries_id", "audit_entries", ["id"], unique=True)
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "position"])
    op.create_index("ix_audit_entries_by", "audit_entries", ["by", "at", "position"])
    op.create_index("ix_audit_entries_act", "audit_entries", ["act", "at", "position"])
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject", "at", "position"])


def _make_notes_and_preferences() -> None:
    op.create_table(
        "notes",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_notes_id", "notes", ["id"], unique=True)
    op.create_index("ix_notes_conversation", "notes", ["conversation_id", "position"])
    op.create_table(
        "preferences",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("preferences_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "submissions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_submissions_at", "submissions", ["at"])


def _make_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("webhook_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("event_cursor", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_deliveries_id", "deliveries", ["id"], unique=True)
    op.create_index("ix_deliveries_webhook", "deliveries", ["webhook_id", "position"])
    op.create_index("ix_deliveries_state", "deliveries", ["webhook_id", "state", "position"])
    op.create_index("ix_deliveries_ended", "deliveries", ["state", "updated_at"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["webhook_id", "next_at", "position"],
        sqlite_where=_NOT_YET_DELIVERED,
        postgresql_where=_NOT_YET_DELIVERED,
    )


def _make_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("article_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "language"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
