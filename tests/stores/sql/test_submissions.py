"""The contract suite of `Submissions`, on SQLite."""

from contracts.store_submissions import SubmissionsContract


class TestSubmissions(SubmissionsContract):
    """Submissions in SQL."""
