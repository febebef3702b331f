"""Training is reproducible, learns what it can repeat on unseen texts, and knows what it does not know."""

from dataclasses import replace

import numpy as np
import pytest

from learning.trained import english_model
from postroom.errors import ConfigurationError
from postroom.learning.corpus import Corpus, load_starter
from postroom.learning.train import train


def test_the_same_corpus_and_seed_give_the_same_model() -> None:
    again = train(load_starter(("en",)), seed=3)
    assert np.array_equal(again.weights, english_model().weights)
    assert np.array_equal(again.intercepts, english_model().intercepts)
    assert again.heads == english_model().heads


def test_texts_that_were_not_learnt_are_mostly_recognised() -> None:
    corpus = load_starter(("en",))
    held = corpus.texts[::5]
    model = train(replace(corpus, texts=tuple(text for text in corpus.texts if text not in set(held))))
    answers = [model.labels(text.text)["category"] for text in held]
    right = [answer.name == text.category for answer, text in zip(answers, held, strict=True)]
    sure = [correct for correct, answer in zip(right, answers, strict=True) if answer.probability > 0.9]
    # The texts were written to differ from each other: one in seventeen would be chance, six in ten is usual.
    assert np.mean(right) > 0.5
    assert np.mean(sure) > 0.9
    assert len(sure) > len(held) / 10


def test_a_text_of_unknown_words_is_never_sure() -> None:
    for text in ("", "xkjh wqpo zzkd qwrt plmk", "注文した商品が届きません", "0815 4711 2222"):
        assert english_model().labels(text)["category"].probability < 0.5


def test_a_corpus_of_one_category_cannot_be_learnt() -> None:
    corpus = load_starter(("en",))
    one = tuple(text for text in corpus.texts if text.category == "invoice")
    with pytest.raises(ConfigurationError, match="too few"):
        train(Corpus(texts=one, phrases=(), frames=()))


def test_two_categories_with_one_tone_and_one_priority_are_enough() -> None:
    corpus = load_starter(("en",))
    two = tuple(
        replace(text, priority="normal", sentiment="neutral")
        for text in corpus.texts
        if text.category in {"invoice", "account"}
    )
    model = train(Corpus(texts=two, phrases=(), frames=()))
    labels = model.labels("Please send me the invoice")
    assert labels["category"].name == "invoice"
    assert labels["priority"].name == "normal"
