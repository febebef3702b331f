"""The contract suite of `Judgements`, on SQLite."""

from contracts.store_judgements import JudgementsContract


class TestJudgements(JudgementsContract):
    """Judgements in SQL."""
