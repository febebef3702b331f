"""The contract suite of `Controls`, on SQLite."""

from contracts.store_controls import ControlsContract


class TestControls(ControlsContract):
    """Controls in SQL."""
