"""Judgements of the same model with others who drafted stand side by side; those told after the fact begin anew.

What was told after others had decided lacks the mail that those had not dared to answer, and was told of other models
than the one that it names wherever that had been trained on other mail: it proves nothing.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade() -> None:
    """Make the table anew, with what people judged of live decisions."""
    made = op.create_table(
        "judgements_anew",
        sa.Column("example_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("responder", sa.Text(), nullable=False),
        sa.Column("fair", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("judgement_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("example_id", "model", "responder"),
    )
    found = op.get_bind().execute(sa.text("SELECT example_id, model, at, judgement_json FROM judgements"))
    for rows in found.partitions(BATCH):
        kept = [one for one in map(_row, rows) if one is not None]
        if kept:
            op.get_bind().execute(made.insert(), kept)
    op.drop_table("judgements")
    op.rename_table("judgements_anew", "judgements")
    op.create_index("ix_judgements_model", "judgements", ["model", "at"])
    op.create_index("ix_judgements_fair", "judgements", ["model", "fair", "at"])


def _row(row: sa.Row[*tuple[object, ...]]) -> dict[str, object] | None:
    """Return a row as it is stored now; None where it was told after the fact."""
    judgement = json.loads(row.judgement_json)
    if not judgement.get("live", True):
        return None
    return {
        "example_id": row.example_id,
        "model": row.model,
        "responder": judgement.get("responder", ""),
        "fair": int(judgement.get("sampled", True) and judgement.get("agreement") is None),
        "at": row.at,
        "judgement_json": row.judgement_json,
    }
