"""The contract suite of `Categories`, on SQLite."""

from contracts.store_categories import CategoriesContract


class TestCategories(CategoriesContract):
    """Categories in SQL."""
