"""Message-IDs lead to their conversation; whose they are was never read."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column."""
    op.drop_column("message_ids", "owner_id")
