"""The setting decides which embedders there are; `auto` follows the texts."""

import pytest

from postroom.bootstrap.embedding import Embedding
from postroom.embeddings.choose import chosen_embedder
from postroom.errors import ConfigurationError

FEW = ["Where is my parcel?", "I want my money back"]


def embedding(setting: str, *languages: str) -> Embedding:
    return Embedding(setting=setting, languages=languages)


def test_without_embeddings_nothing_is_trained_or_searched_with_one() -> None:
    assert embedding("none", "en").for_texts(FEW) == ()
    assert embedding("none", "en").for_search() is None


def test_a_named_embedder_serves_everything() -> None:
    named = embedding("minilm", "de")
    assert named.for_texts(FEW) == (chosen_embedder("minilm"),)
    assert named.for_search() is chosen_embedder("minilm")


def test_english_articles_are_searched_with_the_english_model() -> None:
    assert embedding("auto", "en").for_search() is chosen_embedder("minilm")


def test_english_texts_are_learnt_with_both_models_whatever_languages_are_answered() -> None:
    assert embedding("auto", "en", "de").for_texts(FEW * 20) == (chosen_embedder("minilm"), chosen_embedder("e5"))


def test_what_a_model_was_trained_with_is_found_by_its_name() -> None:
    minilm = chosen_embedder("minilm")
    assert embedding("none").named([minilm.name, "unknown@1"]) == (minilm,)
    with pytest.raises(ConfigurationError):
        embedding("nowhere").named([])
