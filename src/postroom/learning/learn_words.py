"""Learn which words say what: one linear model of several questions, each with a temperature of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from postroom.learning.features import learn_vocabulary
from postroom.learning.linear_fit import Weights, fit_words, sparse_matrix
from postroom.learning.linear_model import Head, LinearModel


@dataclass(frozen=True, slots=True, kw_only=True)
class WordQuestion:
    """One question and its answers: `wanted` has the column of each text's label, -1 for one that teaches nothing."""

    name: str
    labels: tuple[str, ...]
    wanted: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsRecipe:
    """How words are learnt: `penalty` is LinearSVC's C; n-grams of fewer than `min_texts` texts are left out."""

    penalty: float
    min_texts: int
    seed: int


Temperature = Callable[[WordQuestion, csr_matrix], float]
"""What finds the temperature of a question, from the TF-IDF vectors of all texts."""


def learn_words(
    texts: Sequence[str], questions: Sequence[WordQuestion], recipe: WordsRecipe, temperature: Temperature
) -> LinearModel:
    """Return a model of `texts`, with a head for each of `questions`; the languages of the texts are left to tell."""
    vocabulary = learn_vocabulary(texts, min_texts=recipe.min_texts)
    matrix = sparse_matrix(vocabulary, texts)
    fitted: list[Weights] = []
    heads: list[Head] = []
    for question in questions:
        known = question.wanted >= 0
        width = len(question.labels)
        fitted.append(fit_words(matrix[known], question.wanted[known], width, penalty=recipe.penalty, seed=recipe.seed))
        heads.append(Head(name=question.name, labels=question.labels, temperature=temperature(question, matrix)))
    return LinearModel(
        vocabulary=vocabulary,
        weights=np.ascontiguousarray(np.hstack([weights.weights for weights in fitted])),
        intercepts=np.concatenate([weights.intercepts for weights in fitted]),
        heads=tuple(heads),
        languages=(),
        seed=recipe.seed,
        examples=len(texts),
    )
