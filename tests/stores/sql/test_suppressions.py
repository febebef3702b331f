"""The contract suite of `Suppressions`, on SQLite."""

from contracts.store_suppressions import SuppressionsContract


class TestSuppressions(SuppressionsContract):
    """Suppressions in SQL."""
