from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.settings.load import load_settings
from settings.told import problems


def test_the_environment_goes_before_the_file_and_the_file_before_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("POSTROOM_DATA_DIR=/srv/mail\nPOSTROOM_MOCK_SEED=7\nPOSTROOM_LANGUAGES=en, de\nOTHER=1\n")
    monkeypatch.setenv("POSTROOM_MOCK_SEED", "8")
    monkeypatch.setenv("POSTROOM_LOG_LEVEL", "debug")
    monkeypatch.setenv("POSTROOM_ARTICLES_DIR", "")
    settings = load_settings(env_file)
    assert (settings.mock_seed, settings.languages, settings.log_level) == (8, ("en", "de"), "DEBUG")
    assert settings.journal_url == "sqlite:////srv/mail/journal.db"
    assert settings.articles_dir is None


def test_every_problem_is_told_at_once_with_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("POSTROOM_MAILBOX_KIDN=mbox\n")
    wrong = {
        "MAILBOX_KIND": "maildir",
        "MAILBOX_ALIASES": "a@example.com, nobody",
        "REMINDER_MINUTES": "-1.5",
        "EXECUTIONS_IN_PARALLEL": "0",
        "WORKFLOW": "../etc",
        "MODE": "yolo",
        "LANGUAGES": "en,DE",
        "POLL_SECONDS": "soon",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(f"POSTROOM_{name}", value)
    message = problems(env_file)
    wrong.pop("MAILBOX_KIND")
    for name in (*wrong, "MAILBOX_PATH", "MAILBOX_ADDRESS"):
        assert f"- POSTROOM_{name}: " in message
    for value in ("'-1.5'", "'yolo'", "'soon'", "'nobody'"):
        assert value in message
    assert "did you mean POSTROOM_MAILBOX_KIND?" in message
    assert message.startswith("10 setting(s)")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "hush-hush"), ("WEBHOOK_SECRET", "hush-hush"), ("WEBHOOK_URL", "https://hush-hush.example")],
)
def test_the_value_of_a_secret_is_never_told(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"POSTROOM_{name}", value)
    assert "hush-hush" not in problems()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"POSTROOM_MODE=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(env_file)


def test_a_url_with_a_password_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_LANGUAGE_MODEL_URL", "https://user:hunter2@llm.example.org/v1")
    assert "hunter2" not in problems()
