import numpy as np

from knowledge.three_meanings import ThreeMeanings
from postroom.knowledge.article_vectors import ArticleVectors

ALL = 1_000


def test_what_was_learnt_is_embedded_once() -> None:
    embedder = ThreeMeanings()
    vectors = ArticleVectors(embedder)
    vectors.learn(["my parcel", "my refund", "my parcel"], most_characters=ALL)
    vectors.learn(["my refund"], most_characters=ALL)
    found = vectors.embed(["my refund", "my parcel"])
    assert embedder.texts == ["my parcel", "my refund"]
    assert np.array_equal(found, ThreeMeanings().embed(["my refund", "my parcel"]))


def test_what_was_not_learnt_is_embedded_and_forgotten() -> None:
    embedder = ThreeMeanings()
    vectors = ArticleVectors(embedder)
    vectors.embed(["a mail"])
    vectors.embed(["a mail"])
    assert embedder.texts == ["a mail", "a mail"]


def test_a_copy_knows_the_wanted_texts_only() -> None:
    embedder = ThreeMeanings()
    vectors = ArticleVectors(embedder)
    vectors.learn(["stays", "goes"], most_characters=ALL)
    copy = vectors.only(["stays", "comes"])
    copy.embed(["stays", "goes", "comes"])
    assert embedder.texts == ["stays", "goes", "goes", "comes"]


def test_it_bears_the_name_and_size_of_its_embedder() -> None:
    vectors = ArticleVectors(ThreeMeanings("other@1"))
    assert (vectors.name, vectors.dimensions) == ("other@1", 4)


def test_many_texts_are_learnt_in_portions() -> None:
    embedder = ThreeMeanings()
    vectors = ArticleVectors(embedder)
    texts = ["a" * 10, "b" * 10, "c" * 10]
    assert not vectors.learn(texts, most_characters=15)
    assert len(embedder.texts) == 2
    assert vectors.learn(texts, most_characters=15)
    assert embedder.texts == texts
