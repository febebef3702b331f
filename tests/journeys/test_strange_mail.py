"""Strange mail of the world runs through the whole workflow: every one reaches a final state."""

from pathlib import Path

import pytest

from journeys.rooms import maildir_settings, working
from postroom.intake.receive import receive_once
from postroom.model.execution import ExecutionStatus
from postroom.model.ledger import EntryKind

CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDERS = ("mime_mikel_mail", "mime_mimekit", "reply_talon")


@pytest.mark.skipif(not CORPORA.exists(), reason="the folder ../shared/data with the mail corpora is absent")
async def test_every_mail_of_the_corpora_reaches_a_final_state(tmp_path: Path, models: Path) -> None:
    settings = maildir_settings(tmp_path, models, "automatic")
    files = [path for name in FOLDERS for path in sorted((CORPORA / name).rglob("*")) if path.is_file()]
    assert len(files) > 300
    for number, path in enumerate(files):
        (tmp_path / "maildir" / "new" / f"{number:04d}.mail").write_bytes(path.read_bytes())
    async with working(settings) as (postroom, engine):
        assert await receive_once(postroom.reception(engine)) == len(files)
        await engine.quiet()
        entries = (await postroom.stores.ledger.entries(limit=1000)).rows
    assert len(entries) == len(files)
    for entry in entries:
        if entry.kind is EntryKind.NEW:
            assert entry.final_state is not None, entry
            assert entry.status is not None
            assert entry.status is ExecutionStatus.WAITING or entry.status.settled, entry
