from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.short_messages import SHORT_MESSAGES
from postroom.errors import ConfigurationError
from postroom.knowledge.language_words import LANGUAGE_WORDS
from postroom.knowledge.spoken_language import SpokenLanguage
from postroom.knowledge.words import unaccented

TWELVE = tuple(dict.fromkeys(language for _, language in SHORT_MESSAGES))
SIX = SpokenLanguage(("en", "de", "fr", "es", "it", "nl"))


def accuracy(spoken: SpokenLanguage, texts: Sequence[tuple[str, str]]) -> float:
    return sum(spoken.identify(text).name == language for text, language in texts) / len(texts)


def test_short_messages_are_recognised_among_twelve_languages() -> None:
    assert accuracy(SpokenLanguage(TWELVE), SHORT_MESSAGES) >= 0.98


def test_short_messages_are_recognised_among_all_languages_with_words() -> None:
    assert accuracy(SpokenLanguage(sorted(LANGUAGE_WORDS)), SHORT_MESSAGES) >= 0.97


def test_two_words_without_accents_are_often_enough() -> None:
    begun = [(unaccented(" ".join(text.split()[:2]).lower()), language) for text, language in SHORT_MESSAGES]
    assert accuracy(SpokenLanguage(TWELVE), begun) >= 0.75


@pytest.mark.parametrize("text", ["WO IST MEIN PAKET?", "Frage zu #123 info@example.com https://example.com/en/help"])
def test_capitals_and_addresses_do_not_mislead(text: str) -> None:
    assert SIX.identify(text).name == "de"


def test_only_the_given_languages_are_told_apart() -> None:
    assert SpokenLanguage(("fr", "en")).identify("Wo ist mein Paket?").name in {"fr", "en"}


def test_a_language_without_a_list_of_words_has_the_same_chances() -> None:
    catalan = "On és el meu paquet? Encara no ha arribat i ja fa dues setmanes."
    assert SpokenLanguage(("es", "ca", "fr")).identify(catalan).name == "ca"


def test_other_scripts_are_told_apart_too() -> None:
    spoken = SpokenLanguage(("en", "de", "ru", "ja"))
    assert spoken.identify("Где моя посылка?").name == "ru"
    assert spoken.identify("注文した商品が届きません").name == "ja"


def test_one_language_needs_no_evidence() -> None:
    assert SpokenLanguage(("de",)).identify("anything").probability == 1


@pytest.mark.parametrize("languages", [(), ("en", "xx")])
def test_unknown_languages_are_refused(languages: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError):
        SpokenLanguage(languages)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_gets_a_language_and_a_probability(text: str) -> None:
    found = SIX.identify(text)
    assert found.name in SIX.languages
    assert 0 < found.probability <= 1
    assert SIX.identify(text) == found
