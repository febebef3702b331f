from postroom.actions.audit import note_at_machine
from postroom.actions.desk import Desk
from postroom.model.audit import AuditFilter


async def test_what_is_done_at_the_machine_is_in_the_audit_log(desk: Desk) -> None:
    await note_at_machine(desk, "dismiss_quarantined", "qu_1")
    (entry,) = (await desk.stores.audit.list(AuditFilter(), limit=9)).rows
    assert (entry.by, entry.act, entry.subject, entry.credential) == (
        "ann",
        "dismiss_quarantined",
        "qu_1",
        "command line",
    )
