"""Replies that are due, or to one e-mail, are found by an index, and it is known since when one is tried anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOT_YET_SENT = sa.text("state = 'pending'")


def upgrade() -> None:
    """Add the column and the indexes; what is stored stays as it is."""
    op.add_column("replies", sa.Column("retried_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_replies_due",
        "replies",
        ["state", "not_before", "position"],
        sqlite_where=_NOT_YET_SENT,
        postgresql_where=_NOT_YET_SENT,
    )
    op.create_index("ix_replies_email", "replies", ["email_id"])
