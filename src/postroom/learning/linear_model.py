"""A trained linear model: one score for each label of each question, turned into probabilities."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.learning.features import WordVocabulary
from postroom.model.classification import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One question the model answers: its possible `labels`, in the order of their columns.

    `temperature` (above 0) divides the scores before they become probabilities, so that these can be believed
    (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    """

    name: str
    labels: tuple[str, ...]
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordScores:
    """The raw `scores` of all heads' labels, and how `familiar` the text is: the length of its vector, 0..1."""

    scores: NDArray[np.float32]
    familiar: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """The whole model: `weights` (features x labels of all heads), `intercepts` (labels) and how it was trained.

    The columns of the heads follow each other. `languages` are the ISO 639-1 codes of its examples, `examples` is how
    many there were.
    """

    vocabulary: WordVocabulary
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    heads: tuple[Head, ...]
    languages: tuple[str, ...]
    seed: int
    examples: int

    def labels(self, text: str) -> dict[str, Label]:
        """Return the most probable label of each head, by its name."""
        return {name: max(labels, key=lambda label: label.probability) for name, labels in self.ranking(text).items()}

    def ranking(self, text: str) -> dict[str, tuple[Label, ...]]:
        """Return every label of each head with its probability, in the order of the head."""
        return self.ranking_of(self.scores(text))

    def ranking_of(self, words: WordScores) -> dict[str, tuple[Label, ...]]:
        """Return what `ranking` returns, from scores that were already computed."""
        return {head.name: _shares(head, words.scores[start:end]) for head, start, end in self._columns()}

    def scores(self, text: str) -> WordScores:
        """Return the raw scores of `text` for the labels of all heads; `columns` says where each head's are."""
        vector = self.vocabulary.vector(text)
        return WordScores(
            scores=vector.values @ self.weights[vector.columns] + self.intercepts,
            familiar=float(np.linalg.norm(vector.values)),
        )

    def columns(self, name: str) -> tuple[int, int]:
        """Return where the columns of the head called `name` begin and end.

        Raises:
            KeyError: there is no such head.
        """
        for head, start, end in self._columns():
            if head.name == name:
                return start, end
        raise KeyError(name)

    def head(self, text: str, name: str) -> Label:
        """Return the most probable label of the head called `name` alone: cheaper than `labels` for short texts.

        Raises:
            KeyError: there is no such head.
        """
        for head, start, end in self._columns():
            if head.name == name:
                vector = self.vocabulary.vector(text)
                scores = vector.values @ self.weights[vector.columns, start:end] + self.intercepts[start:end]
                return max(_shares(head, scores), key=lambda label: label.probability)
        raise KeyError(name)

    def _columns(self) -> Iterator[tuple[Head, int, int]]:
        start = 0
        for head in self.heads:
            end = start + len(head.labels)
            yield head, start, end
            start = end


def _shares(head: Head, scores: NDArray[np.float32]) -> tuple[Label, ...]:
    shares = probabilities(scores[np.newaxis, :], head.temperature)[0]
    return tuple(Label(name=name, probability=float(share)) for name, share in zip(head.labels, shares, strict=True))


def probabilities(scores: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Return the softmax of each row of `scores` (rows x labels) at `temperature`; every row sums to 1."""
    scaled = scores.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares
