"""The contract suite of `Records`, on SQLite."""

from contracts.store_records import RecordsContract


class TestRecords(RecordsContract):
    """Records in SQL."""
