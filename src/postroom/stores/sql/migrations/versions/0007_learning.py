"""Categories, examples and judgements, trained models, jobs, and what paid models cost."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and indexes."""
    op.create_table(
        "categories",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("category_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    _make_examples()
    _make_judgements()
    _make_models()
    _make_jobs()
    op.create_table(
        "spending",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
    )


def _make_examples() -> None:
    op.create_table(
        "examples",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=True),
        sa.Column("email_id", sa.Text(), nullable=True),
        sa.Column("example_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_examples_id", "examples", ["id"], unique=True)
    op.create_index("ix_examples_origin", "examples", ["origin", "position"])
    op.create_index("ix_examples_category", "examples", ["category", "position"])
    op.create_index("ix_examples_mailbox", "examples", ["mailbox_id", "position"])
    op.create_index("ix_examples_email", "examples", ["email_id"])


def _make_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("example_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("judgement_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("example_id", "model"),
    )
    op.create_index("ix_judgements_model", "judgements", ["model", "at"])


def _make_models() -> None:
    op.create_table(
        "models",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("model_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_models_id", "models", ["id"], unique=True)
    op.create_index("ix_models_state", "models", ["state"])


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelling", sa.BigInteger(), nullable=False),
        sa.Column("job_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_jobs_id", "jobs", ["id"], unique=True)
    op.create_index("ix_jobs_kind", "jobs", ["kind", "position"])
    op.create_index("ix_jobs_state", "jobs", ["state", "position"])
