"""When a message in quarantine was received, and its flags; of those that lie there already nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("quarantine", sa.Column("received_at", sa.BigInteger(), nullable=True))
    op.add_column("quarantine", sa.Column("flags_json", sa.Text(), nullable=True))
