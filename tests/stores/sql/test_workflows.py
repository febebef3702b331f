"""The contract suite of `Workflows`, on SQLite."""

from contracts.store_workflows import WorkflowsContract


class TestWorkflows(WorkflowsContract):
    """Workflows in SQL."""
