from pathlib import Path

import pytest
from pydantic import SecretStr

from postroom.model.preferences import REMINDER, SESSION, SILENT, UNDO, Span
from postroom.settings.load import load_settings
from postroom.settings.settings import Settings
from settings.told import problems


def test_without_any_setting_there_is_a_safe_trial() -> None:
    settings = load_settings(None)
    assert (settings.mailbox_kind, settings.mode) == ("none", "review")
    # Absolute, so that a process that changes its folder goes on to mean the same files.
    assert settings.data_dir == Path("data").resolve()
    assert settings.store_url == f"sqlite:///{Path('data').resolve()}/postroom.db"
    assert settings.outbox_dir == Path("data/outbox").resolve()


def test_settings_do_not_print_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_STORE_URL", "postgresql://me:hush@db/postroom")
    monkeypatch.setenv("POSTROOM_SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/hush")
    assert "hush" not in repr(load_settings(None))


def test_the_configured_secret_goes_before_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("ab" * 32))
    assert settings.secret_bytes() == b"\xab" * 32
    assert list(tmp_path.iterdir()) == []
    assert len(Settings(data_dir=tmp_path).secret_bytes()) == 32


def test_what_accounts_may_use_over_the_api_follows_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).folders_dir == tmp_path / "folders"
    assert Settings(data_dir=tmp_path, folders_dir=tmp_path / "mail").folders_dir == tmp_path / "mail"


@pytest.mark.parametrize(
    ("name", "span"),
    [("undo_seconds", UNDO), ("reminder_minutes", REMINDER), ("silent_minutes", SILENT), ("session_hours", SESSION)],
)
def test_a_preference_has_the_same_bounds_in_the_settings_as_for_people(
    name: str, span: Span, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Settings lie below the nouns and cannot read them there.
    assert getattr(load_settings(None), name) == span.default
    for value, fits in ((span.least, True), (span.most, True), (span.least - 0.01, False), (span.most + 1, False)):
        monkeypatch.setenv(f"POSTROOM_{name.upper()}", str(value))
        if fits:
            assert getattr(load_settings(None), name) == value
        else:
            assert name.upper() in problems()
