import pytest

from postroom.knowledge.disclosure import disclosure
from postroom.model.catalogue import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_own_two_disclosures(language: str) -> None:
    automatic, by_model = disclosure(language, by_model=False), disclosure(language, by_model=True)
    assert automatic != by_model
    assert "\n" not in automatic + by_model
    if language != "en":
        assert automatic != disclosure("en", by_model=False)
        assert by_model != disclosure("en", by_model=True)


def test_the_disclosure_says_automatic_and_how_to_reach_a_person() -> None:
    text = disclosure("en", by_model=False)
    assert "automatic" in text
    assert "reply to this e-mail" in text
    assert "person" in text
    assert "artificial intelligence" not in text
    assert "artificial intelligence" in disclosure("en", by_model=True)


def test_an_unknown_language_gets_the_english_disclosure() -> None:
    assert disclosure("xx", by_model=True) == disclosure("en", by_model=True)
