"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and their indexes."""
    _make_ledger()
    _make_emails()
    _make_executions()
    _make_reviews()
    _make_outbox()
    _make_records_and_workflows()
    _make_controls()


def _make_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Text(), nullable=True),
        sa.Column("execution_id", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_ledger_mailbox", "ledger", ["mailbox_id", "position"])
    op.create_index("uq_ledger_place", "ledger", ["mailbox_id", "uid_validity", "uid"], unique=True)
    op.create_table(
        "mailbox_cursors",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id"),
    )
    op.create_table(
        "quarantine",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_quarantine_id", "quarantine", ["id"], unique=True)
    op.create_table(
        "quarantine_contents",
        sa.Column("quarantine_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["quarantine_id"], ["quarantine.id"]),
        sa.PrimaryKeyConstraint("quarantine_id"),
    )


def _make_emails() -> None:
    op.create_table(
        "emails",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("conversation_version", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("email_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_emails_received", "emails", ["received_at", "position"])
    op.create_index("uq_emails_id", "emails", ["id"], unique=True)
    op.create_table(
        "email_contents",
        sa.Column("email_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["email_id"], ["emails.id"]),
        sa.PrimaryKeyConstraint("email_id"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("participants_json", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "message_ids",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )


def _make_executions() -> None:
    op.create_table(
        "executions",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("final_state", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("dry_run", sa.BigInteger(), nullable=False),
        sa.Column("progress_json", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_executions_status", "executions", ["status", "position", "workflow"])
    op.create_index("uq_executions_id", "executions", ["id"], unique=True)
    op.create_table(
        "events",
        sa.Column("cursor", _POSITION, autoincrement=True, nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("failure_json", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cursor"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_events_key", "events", ["execution_id", "node_id", "attempt", "kind"], unique=True)


def _make_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("draft_json", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("decision_json", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_reviews_execution", "reviews", ["execution_id"])
    op.create_index("ix_reviews_queue", "reviews", ["status", "rank", "created_at", "position"])
    op.create_index("uq_reviews_id", "reviews", ["id"], unique=True)


def _make_outbox() -> None:
    op.create_table(
        "replies",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("recipient_address", sa.Text(), nullable=False),
        sa.Column("conversation_version", sa.BigInteger(), nullable=True),
        sa.Column("automatic", sa.BigInteger(), nullable=False),
        sa.Column("article_ids_json", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_replies_state", "replies", ["state", "position"])
    op.create_index("uq_replies_id", "replies", ["id"], unique=True)
    op.create_table(
        "reply_contents",
        sa.Column("reply_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"]),
        sa.PrimaryKeyConstraint("reply_id"),
    )


def _make_records_and_workflows() -> None:
    op.create_table(
        "records",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("record_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_records_execution", "records", ["execution_id"], unique=True)
    op.create_table(
        "workflows",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workflow_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "version"),
    )


def _make_controls() -> None:
    op.create_table("switches", sa.Column("name", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name"))
    op.create_table("paused_workflows", sa.Column("slug", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("slug"))
    op.create_table(
        "requests",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_requests_wish", "requests", ["execution_id", "wish"], unique=True)
    op.create_table(
        "processes",
        sa.Column("executor_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("executor_id"),
    )
    op.create_index("ix_processes_beat", "processes", ["beat_at"])
