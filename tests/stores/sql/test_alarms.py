"""The contract suite of `Alarms`, on SQLite."""

from contracts.store_alarms import AlarmsContract


class TestAlarms(AlarmsContract):
    """Alarms in SQL."""
