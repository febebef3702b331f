"""The contract suite of `Examples` and `Judgements`, on SQLite."""

from contracts.store_examples import ExamplesContract


class TestExamples(ExamplesContract):
    """Examples and judgements in SQL."""
