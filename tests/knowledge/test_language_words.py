from postroom.knowledge.language_words import LANGUAGE_LETTERS, LANGUAGE_WORDS
from postroom.model.catalogue import LANGUAGES


def test_every_language_of_the_catalogue_has_its_words() -> None:
    assert set(LANGUAGES) <= set(LANGUAGE_WORDS)


def test_letters_belong_to_languages_with_words() -> None:
    assert set(LANGUAGE_LETTERS) < set(LANGUAGE_WORDS)


def test_words_are_written_small_and_letters_are_not_plain() -> None:
    assert all(word == word.lower() for words in LANGUAGE_WORDS.values() for word in words)
    assert not any(letter.isascii() for letters in LANGUAGE_LETTERS.values() for letter in letters)
