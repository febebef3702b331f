"""Every promotion and roll-back of a model; those before are read off the models themselves."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with the promotions that led to the model in use."""
    changes = op.create_table(
        "model_changes",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=True),
        sa.Column("replaced", sa.Text(), nullable=True),
        sa.Column("beneath", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("rolled_back", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    replaced: str | None = None
    beneath: int | None = None
    for model_id, at in _promotions():
        row = {"model_id": model_id, "replaced": replaced, "beneath": beneath, "at": at, "by": "", "rolled_back": 0}
        op.get_bind().execute(changes.insert(), row)
        replaced = model_id
        beneath = op.get_bind().execute(sa.select(sa.func.max(changes.c.position))).scalar_one()


def _promotions() -> list[tuple[str, int]]:
    """Return the model in use and those that it replaced with their times in milliseconds, oldest first."""
    rows = op.get_bind().execute(sa.text("SELECT state, model_json FROM models")).all()
    models = {one["id"]: one for one in (json.loads(row.model_json) for row in rows)}
    now: str | None = next((json.loads(row.model_json)["id"] for row in rows if row.state == "in_use"), None)
    found: list[tuple[str, int]] = []
    while now is not None and now in models:
        # Taken out: two models may each have replaced the other.
        one = models.pop(now)
        found.append((now, int(datetime.fromisoformat(one["promoted_at"]).timestamp() * 1000)))
        now = one["replaced"]
    return found[::-1]
