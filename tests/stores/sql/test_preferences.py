"""The contract suite of `Preferences`, on SQLite."""

from contracts.store_preferences import PreferencesContract


class TestPreferences(PreferencesContract):
    """Preferences in SQL."""
