"""What acts on accounts are given by commands."""

from pathlib import Path

import pytest

from postroom.cli.guided_setup import setup_of
from postroom.errors import ConfigurationError


async def test_it_is_the_store_of_that_folder_at_the_desk_of_who_types(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with setup_of(folder) as (settings, setup):
        assert settings.data_dir == folder
        assert setup.desk.by
        sealed = setup.seal.close("hush", place="a")
    async with setup_of(folder) as (_, again):
        assert again.seal.open(sealed, place="a") == "hush"


async def test_who_works_at_the_machine_may_lead_accounts_anywhere(tmp_path: Path) -> None:
    async with setup_of(tmp_path / "data") as (_, setup):
        assert setup.fence is None


async def test_with_a_wrong_secret_nothing_is_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_SECRET_KEY", "short")
    with pytest.raises(ConfigurationError):
        async with setup_of(tmp_path / "data"):
            pass
