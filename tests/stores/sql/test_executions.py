"""The contract suite of `Executions`, on SQLite."""

from contracts.store_executions import ExecutionsContract


class TestExecutions(ExecutionsContract):
    """Executions in SQL."""
