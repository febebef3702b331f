"""The contract suites of `Reviews`, on SQLite."""

from contracts.store_decisions import DecisionsContract
from contracts.store_reviews import ReviewsContract


class TestReviews(ReviewsContract):
    """Reviews in SQL."""


class TestDecisions(DecisionsContract):
    """Decisions that can be taken back, in SQL."""
