"""The contract suite of `Articles`, on SQLite."""

from contracts.store_articles import ArticlesContract


class TestArticles(ArticlesContract):
    """Articles in SQL."""
