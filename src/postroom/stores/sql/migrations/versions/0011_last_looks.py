"""The last look at the promise of each mailbox."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "last_looks",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("look_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id"),
    )
