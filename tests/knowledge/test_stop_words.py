import pytest

from postroom.knowledge.stop_words import STOP_WORDS
from postroom.model.catalogue import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_stop_words_in_folded_form(language: str) -> None:
    assert len(STOP_WORDS[language]) > 80
    assert all(word == word.casefold() for word in STOP_WORDS[language])


def test_words_that_carry_the_question_are_kept() -> None:
    kept = {"en": "when where how not order", "de": "wann wo nicht bestellung", "nl": "wanneer waar niet bestelling"}
    for language, listed in kept.items():
        assert not STOP_WORDS[language].intersection(listed.split())
