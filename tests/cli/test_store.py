"""The store as commands use it."""

import getpass
from pathlib import Path

import pytest

from contracts.store_nouns import suppression
from postroom.cli.store import desk_of, opened, read, say_when
from postroom.errors import ConfigurationError
from postroom.model.control import Process

ANN = suppression("ann@example.com")


async def test_what_one_command_writes_the_next_one_reads(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with opened(folder) as (settings, stores):
        assert settings.data_dir == folder
        assert await stores.suppressions.add(ANN)
    assert await read(folder, lambda stores: stores.suppressions.get(ANN.address)) == ANN
    assert await read(tmp_path / "other", lambda stores: stores.suppressions.get(ANN.address)) is None


async def test_a_desk_is_that_of_who_types_unless_somebody_is_named(tmp_path: Path) -> None:
    async with desk_of(tmp_path / "data", "ann") as desk:
        assert desk.by == "ann"
    async with desk_of(tmp_path / "data") as desk:
        assert desk.by == getpass.getuser()


async def test_a_wish_is_told_to_wait_only_where_nothing_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk_of(tmp_path / "data", "ann") as desk:
        await say_when(desk)
        assert "`postroom serve`" in capsys.readouterr().err
        await desk.stores.controls.beat(Process(executor_id="a", host="h", pid=1, beat_at=desk.clock.now()))
        await say_when(desk)
        assert capsys.readouterr().err == ""


async def test_a_wrong_setting_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "reckless")
    with pytest.raises(ConfigurationError):
        async with opened(tmp_path / "new"):
            pass
    assert not (tmp_path / "new").exists()
