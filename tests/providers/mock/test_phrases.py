import pytest

from postroom.errors import ConfigurationError
from postroom.model.catalogue import INTENTS, LANGUAGES
from postroom.providers.mock.phrases import parse_phrases, phrases


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_five_phrasings_of_every_intent(language: str) -> None:
    words = phrases(language)
    assert set(words.intents) == {intent.id for intent in INTENTS}
    assert all(len(intent.core) >= 5 and intent.subjects for intent in words.intents.values())
    assert len(words.nouns["month"]) == 12
    assert len(words.nouns["day"]) == 7


@pytest.mark.parametrize("text", ["", "nouns: 3", "nouns: {}\nwords: {}\nintents: {}"])
def test_an_incomplete_phrase_file_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_phrases(text, "en")
