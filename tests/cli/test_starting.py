from pathlib import Path

import pytest

from postroom.cli.opening import settings_of
from postroom.cli.starting import Start, running
from postroom.errors import ConfigurationError


async def test_a_start_that_fails_half_way_leaves_room_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "0")
    good = settings_of()
    (tmp_path / "blocked").write_text("no folder", encoding="utf-8")
    bad = good.model_copy(update={"journal_url": f"sqlite:///{tmp_path}/blocked/journal.db"})
    with pytest.raises(ConfigurationError, match="journal"):
        async with running(bad, Start(log_level="ERROR")):
            pass
    async with running(good, Start(log_level="ERROR")) as (_, engine):
        await engine.quiet()
