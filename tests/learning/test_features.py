"""Text becomes a vector whose length says how much of it is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.learning.features import MAX_CHARACTERS, WordVocabulary, learn_vocabulary, letter_grams, word_grams

TEXTS = ("Where is my parcel?", "where is the invoice", "My parcel is broken!", "The invoice of my parcel")


@pytest.fixture(scope="module")
def vocabulary() -> WordVocabulary:
    return learn_vocabulary(TEXTS, min_texts=1)


def length(vocabulary: WordVocabulary, text: str) -> float:
    return float(np.linalg.norm(vocabulary.vector(text).values))


def test_words_stand_alone_and_in_pairs_whatever_their_case() -> None:
    assert word_grams("Where IS it?") == ["=where", "=is", "=it", "=?", "=where is", "=is it", "=it ?"]


def test_letters_are_taken_within_words_with_their_edges() -> None:
    assert letter_grams("ab c") == [" a", "ab", "b ", " ab", "ab ", " ab ", " c", "c ", " c "]


def test_numbers_say_nothing() -> None:
    assert word_grams("order 4711 / 0815") == ["=order"]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert word_grams("pre\u0301t") == word_grams("pr\u00e9t")


def test_a_known_text_has_a_vector_of_length_one(vocabulary: WordVocabulary) -> None:
    assert length(vocabulary, TEXTS[0]) == pytest.approx(1.0, abs=1e-5)


def test_unknown_words_shorten_the_vector(vocabulary: WordVocabulary) -> None:
    assert length(vocabulary, "parcel") > length(vocabulary, "parcel zzyzx qwfp") > length(vocabulary, "zzyzx qwfp")


def test_only_the_beginning_of_a_long_text_counts(vocabulary: WordVocabulary) -> None:
    long = "parcel " * MAX_CHARACTERS
    assert np.array_equal(vocabulary.vector(long).values, vocabulary.vector(long + "invoice").values)


def test_rare_grams_are_left_out() -> None:
    assert "=invoice" in learn_vocabulary(TEXTS, min_texts=2).columns
    assert "=broken" not in learn_vocabulary(TEXTS, min_texts=2).columns


@given(st.text())
def test_any_text_gives_ascending_columns_and_a_length_of_at_most_one(text: str) -> None:
    vocabulary = learn_vocabulary(TEXTS, min_texts=1)
    vector = vocabulary.vector(text)
    assert list(vector.columns) == sorted(set(vector.columns.tolist()))
    assert float(np.linalg.norm(vector.values)) <= 1.0 + 1e-5
