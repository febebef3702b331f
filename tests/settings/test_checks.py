import pytest

from postroom.settings.load import load_settings
from settings.told import problems

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
