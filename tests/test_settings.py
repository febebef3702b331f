import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from postroom.errors import ConfigurationError
from postroom.model.preferences import REMINDER, SESSION, SILENT, UNDO, Span
from postroom.settings import Settings, load_settings, settings_example, settings_reference, url_at

ROOT = Path(__file__).resolve().parents[1]
EVERY = sorted(f"POSTROOM_{name.upper()}" for name in Settings.model_fields)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("POSTROOM_")]:
        monkeypatch.delenv(name)


def problems(env_file: Path | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(env_file)
    assert caught.value.hint
    assert caught.value.__context__ is None  # A cause would carry the values into tracebacks.
    return caught.value.message


def test_without_any_setting_there_is_a_safe_trial() -> None:
    settings = load_settings(None)
    assert (settings.mailbox_kind, settings.mode) == ("none", "review")
    # Absolute, so that a process that changes its folder goes on to mean the same files.
    assert settings.data_dir == Path("data").resolve()
    assert settings.store_url == f"sqlite:///{Path('data').resolve()}/postroom.db"
    assert settings.outbox_dir == Path("data/outbox").resolve()


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


def test_settings_do_not_print_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_STORE_URL", "postgresql://me:hush@db/postroom")
    monkeypatch.setenv("POSTROOM_SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/hush")
    assert "hush" not in repr(load_settings(None))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"POSTROOM_MODE=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(env_file)


def test_the_example_file_is_that_of_the_settings() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == settings_example()


def test_the_example_file_can_be_used_as_it_stands_when_all_is_uncommented(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in settings_example().splitlines() if line.startswith("# POSTROOM_")]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert load_settings(tmp_path / ".env") == load_settings(None)
    assert sorted(line.partition("=")[0] for line in lines) == EVERY


def test_the_example_does_not_pin_places_that_follow_the_data_folder() -> None:
    assert "# POSTROOM_STORE_URL=\n" in settings_example()
    assert "# POSTROOM_DATA_DIR=data\n" in settings_example()


def test_the_reference_lists_and_describes_every_setting() -> None:
    rows = settings_reference().splitlines()[2:]
    assert sorted(row.split("`")[1] for row in rows) == EVERY
    assert all(row.count("|") == 5 and not row.endswith("|  |") and "None" not in row for row in rows)


def test_the_configured_secret_goes_before_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("ab" * 32))
    assert settings.secret_bytes() == b"\xab" * 32
    assert list(tmp_path.iterdir()) == []
    assert len(Settings(data_dir=tmp_path).secret_bytes()) == 32


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8025"),
        ("0.0.0.0", "http://127.0.0.1:8025"),
        ("::", "http://[::1]:8025"),
        ("fd00::2", "http://[fd00::2]:8025"),
        ("support.example", "http://support.example:8025"),
    ],
)
def test_where_a_browser_of_this_machine_finds_it(host: str, url: str) -> None:
    assert url_at(host, 8025) == url


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


OPENAI = {"": "gpt-4o", "_KEY": "sk-secret", "_PRICE_IN": "2.5", "_PRICE_OUT": "10", "_USE": "unsure"}


def set_language_model(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"POSTROOM_LANGUAGE_MODEL{name}", value)


def test_a_language_model_is_off_until_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(None)
    assert (settings.language_model_use, settings.language_model_rephrase) == ("off", False)
    set_language_model(monkeypatch, OPENAI)
    settings = load_settings(None)
    assert (settings.language_model, settings.language_model_use) == ("gpt-4o", "unsure")
    assert "sk-secret" not in repr(settings)


def test_a_server_of_ones_own_needs_neither_key_nor_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    set_language_model(monkeypatch, {"": "qwen", "_URL": "http://127.0.0.1:11434/v1", "_REPHRASE": "true"})
    assert load_settings(None).language_model_rephrase


@pytest.mark.parametrize(
    ("missing", "told"), [("", "a language model"), ("_KEY", "its key"), ("_PRICE_OUT", "its prices")]
)
@pytest.mark.parametrize("wanted", [{"_USE": "always"}, {"_USE": "off", "_REPHRASE": "true"}])
def test_a_paid_language_model_needs_name_key_and_prices(
    missing: str, told: str, wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_language_model(monkeypatch, {name: value for name, value in OPENAI.items() if name != missing} | wanted)
    message = problems()
    assert told in message
    assert "sk-secret" not in message


def test_a_url_with_a_password_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    set_language_model(monkeypatch, {"_URL": "https://user:hunter2@llm.example.org/v1"})
    assert "hunter2" not in problems()
