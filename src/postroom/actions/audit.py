"""The audit log, for acts at the command line; those over HTTP are noted by the API."""

import secrets

from postroom.actions.desk import Desk
from postroom.model.audit import AuditEntry


async def note_at_machine(desk: Desk, act: str, subject: str) -> None:
    """Note in the audit log what somebody did at the command line, which owns the machine and has no user."""
    entry = AuditEntry(
        id=f"au_{secrets.token_hex(12)}",
        at=desk.clock.now(),
        user_id=None,
        by=desk.by,
        act=act,
        subject=subject,
        status=200,
        address="",
        credential="command line",
    )
    await desk.stores.audit.add(entry)
