"""The audit log: who did what."""

from typing import Protocol

from postroom.model.audit import AuditEntry, AuditFilter
from postroom.model.page import Page


class Audit(Protocol):
    """Keeps audit entries; nothing changes or deletes one."""

    async def add(self, entry: AuditEntry) -> None:
        """Store an entry; one with the same id changes nothing."""
        ...

    async def list(self, wanted: AuditFilter, *, after: str | None = None, limit: int = 50) -> Page[AuditEntry]:
        """Return entries newest first, those of the same time in the order they were stored (the last first)."""
        ...
