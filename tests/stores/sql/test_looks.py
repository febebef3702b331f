"""The contract suite of `Looks`, on SQLite."""

from contracts.store_looks import LooksContract


class TestLooks(LooksContract):
    """The last looks in SQL."""
