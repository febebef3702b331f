"""The contract suite of `Audit`, on SQLite."""

from contracts.store_audit import AuditContract


class TestAudit(AuditContract):
    """The audit log in SQL."""
