"""The contract suite of `Examples`, on SQLite."""

from contracts.store_examples import ExamplesContract


class TestExamples(ExamplesContract):
    """Examples in SQL."""
