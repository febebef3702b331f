"""The contract suite of `Notes`, on SQLite."""

from contracts.store_notes import NotesContract


class TestNotes(NotesContract):
    """Notes in SQL."""
