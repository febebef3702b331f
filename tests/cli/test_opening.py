"""How commands come to their settings."""

import json
from pathlib import Path

import pytest

from postroom.cli.demo_folder import MARK
from postroom.cli.opening import PLACES, all_in_folder, in_folder, settings_of
from postroom.errors import ConfigurationError
from postroom.settings import Settings


def test_the_places_are_settings_that_follow_the_data_folder(tmp_path: Path) -> None:
    moved = in_folder(Settings(data_dir=tmp_path / "a"), tmp_path / "b")
    assert moved.data_dir == tmp_path / "b"
    assert [name for name in PLACES if str(tmp_path / "b") not in str(getattr(moved, name))] == []
    assert moved.model_copy(update={"data_dir": tmp_path / "b"}) == moved


def test_another_folder_is_absolute_wherever_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    moved = in_folder(Settings(data_dir=tmp_path / "a"), Path("b"))
    assert (moved.data_dir, moved.outbox_dir.is_absolute()) == (tmp_path / "b", True)


def test_what_was_set_on_its_own_stays_unless_everything_moves(tmp_path: Path) -> None:
    outbox = tmp_path / "sent"
    settings = Settings(data_dir=tmp_path / "a", outbox_dir=outbox, store_url=f"sqlite:///{tmp_path}/own.db")
    kept = in_folder(settings, tmp_path / "b")
    assert (kept.outbox_dir, kept.store_url) == (outbox, settings.store_url)
    assert str(tmp_path / "b") in kept.journal_url
    everything = all_in_folder(settings, tmp_path / "b")
    assert everything.outbox_dir.is_relative_to(tmp_path / "b")
    assert str(tmp_path / "b") in everything.store_url


def test_a_folder_that_a_demo_made_brings_its_settings_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / MARK).write_text(json.dumps({"emails": 12, "seed": 5}), encoding="utf-8")
    found = settings_of(tmp_path / "demo")
    assert (found.mailbox_kind, found.mock_emails, found.mock_seed) == ("mock", 12, 5)
    assert settings_of().mock_seed != 5


def test_a_wrong_setting_is_an_error_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "reckless")
    with pytest.raises(ConfigurationError, match="POSTROOM_MODE"):
        settings_of()
