import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.knowledge.words import folded_words, fragments, sentences, stem, words
from postroom.model.catalogue import LANGUAGES


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "returning parcels", "returned parcel"),
        ("de", "Rücksendungen", "ruecksendung"),
        ("de", "Größe", "groesse"),
        ("fr", "livraisons gratuites", "livraison gratuite"),
        ("es", "devoluciónes", "devolucion"),
        ("it", "spedizioni", "spedizione"),
        ("nl", "bestellingen", "bestelling"),
    ],
)
def test_two_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert words(one, language) == words(other, language)


def test_stop_words_numbers_and_single_letters_are_left_out() -> None:
    assert words("Where is my order 4711, please? A B", "en") == ("wher", "order")


def test_an_unknown_language_is_folded_but_not_stemmed() -> None:
    assert words("Café orders", "xx") == ("cafe", "orders")


def test_a_stem_keeps_three_letters() -> None:
    assert stem("ces", "es") == "ces"


def test_fragments_find_parts_of_compounds_and_leave_short_words_alone() -> None:
    assert "karte" in fragments("geschenkkarte")
    assert fragments("karte") == ("karte",)
    assert fragments("tea") == ()


def test_sentences_end_at_marks_and_lines() -> None:
    assert sentences("One. Two?\n\nThree 4.90 euros\n") == ["One.", "Two?", "Three 4.90 euros"]


@given(st.text(max_size=200), st.sampled_from([*LANGUAGES, "xx"]))
def test_any_text_gives_the_same_folded_terms_in_any_letter_case(text: str, language: str) -> None:
    found = words(text, language)
    assert found == words(text, language)
    assert all(len(word) > 1 and word == word.casefold() for word in folded_words(text, language) if word in found)
