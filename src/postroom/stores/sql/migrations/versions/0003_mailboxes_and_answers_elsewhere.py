"""Mailboxes, accounts, allowances, suppressions, alarms, attachments and answers given elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNFILED = sa.text("filed = 0")
_OPEN = sa.text("cleared_at IS NULL")


def upgrade() -> None:
    """Add the tables, columns and indexes; what is stored stays as it is."""
    _widen_emails_and_reviews()
    _make_answers()
    _widen_replies()
    _make_mailboxes_and_accounts()
    _make_limits()
    _make_alarms()


def _widen_emails_and_reviews() -> None:
    op.create_index("ix_emails_conversation", "emails", ["conversation_id", "received_at", "position"])
    op.create_index("ix_reviews_email", "reviews", ["email_id"])
    op.create_table(
        "attachments",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )


def _make_answers() -> None:
    op.create_index("ix_ledger_email", "ledger", ["email_id"])
    op.add_column("ledger", sa.Column("observed", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_message_ids_conversation", "message_ids", ["conversation_id"])
    op.create_table(
        "answers_elsewhere",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("recipients_json", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("email_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    key = ["mailbox_id", "uid_validity", "sign", "kind"]
    op.create_index("uq_answers_elsewhere_sign", "answers_elsewhere", key, unique=True)
    op.create_index("ix_answers_elsewhere_conversation", "answers_elsewhere", ["conversation_id", "kind", "at"])
    op.create_index("ix_answers_elsewhere_at", "answers_elsewhere", ["at"])
    op.create_table(
        "answered_message_ids",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("recipients_json", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_answered_message_ids_message_id", "answered_message_ids", ["message_id"])
    op.create_index("ix_answered_message_ids_at", "answered_message_ids", ["at"])


def _widen_replies() -> None:
    # Of replies from before, nobody shall look for a copy: they count as filed.
    op.add_column("replies", sa.Column("filed", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("replies", sa.Column("bounced", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_replies_message_id", "replies", ["message_id"])
    op.create_index(
        "ix_replies_unfiled",
        "replies",
        ["mailbox_id", "state", "position"],
        sqlite_where=_UNFILED,
        postgresql_where=_UNFILED,
    )


def _make_mailboxes_and_accounts() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("mailbox_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "accounts",
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("account_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("family", "name"),
    )


def _make_limits() -> None:
    op.create_table(
        "allowances",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reply_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kept_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_allowances_place", "allowances", ["scope", "reply_id"], unique=True)
    op.create_index("ix_allowances_scope", "allowances", ["scope", "at"])
    op.create_index("ix_allowances_kept", "allowances", ["kept_until"])
    op.create_table(
        "suppressions",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reply_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )


def _make_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("uq_alarms_open", "alarms", ["key"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_alarms_open", "alarms", ["raised_at", "position"], sqlite_where=_OPEN, postgresql_where=_OPEN)
