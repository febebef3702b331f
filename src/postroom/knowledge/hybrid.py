"""Which topics fit a question, by words and by meaning: the sum of BM25 shares and standardised similarities.

Measured with the first 1 to 10 training texts of each intent as questions: R@1 on Banking77 (1, 3, 10 texts), CLINC150
(1, 5), HINT3 (all) and the starter articles. Similarity alone is better than words alone where customers paraphrase,
words are better where names decide, and their sum is never far from the better one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.interfaces.embedder import Embedder
from postroom.knowledge.lexical import LexicalIndex

# Standard deviations of similarity that a text with all of the asked words is ahead by, best of 2, 3 and 4: mean R@1
# .835, .827, .818 on eight English sets, .697, .694, .687 on five of other languages.
SHARE_WEIGHT = 2.0
# Of several texts of a topic the best one counts, and the mean of all with this weight, best of 0, 0.5 and 1: mean R@1
# .828, .835, .830 on the English sets, .692, .697, .698 on the others.
MEAN_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One side of the topics, as their questions or their answers: texts, whose they are (positions), languages."""

    texts: tuple[str, ...]
    owners: tuple[int, ...]
    languages: tuple[str, ...]


class HybridRanking:
    """Scores topics for a question. Deterministic; topics without a text in a facet get its lowest score there."""

    def __init__(self, facets: Sequence[Facet], embedder: Embedder | None) -> None:
        """Embed all texts of `facets`; without an embedder only words count."""
        self._topics = 1 + max((owner for facet in facets for owner in facet.owners), default=-1)
        self._embedder = embedder
        self._sides = [_Side(facet, embedder, self._topics) for facet in facets if facet.texts]

    def scores(self, asked: str, language: str) -> NDArray[np.float64]:
        """Return one score for each topic; higher is better, only comparable within one question."""
        total = np.zeros(self._topics)
        vector = self._embedder.embed([asked])[0] if self._embedder else None
        for side in self._sides:
            total += SHARE_WEIGHT * side.shares(asked, language)
            if vector is not None:
                total += _standardised(side.similarities(vector))
        return total


class _Side:
    def __init__(self, facet: Facet, embedder: Embedder | None, topics: int) -> None:
        self._topics = topics
        self._owners = np.array(facet.owners, dtype=np.intp)
        self._counts = np.bincount(self._owners, minlength=topics)
        self._lexical = LexicalIndex(facet.texts, facet.languages)
        self._vectors = embedder.embed(facet.texts) if embedder else np.zeros((0, 0), dtype=np.float32)

    def shares(self, asked: str, language: str) -> NDArray[np.float64]:
        return self._by_topic(self._lexical.shares(asked, language))

    def similarities(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._by_topic((self._vectors @ vector).astype(np.float64))

    def _by_topic(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        best = np.full(self._topics, values.min())
        np.maximum.at(best, self._owners, values)
        sums = np.bincount(self._owners, values, minlength=self._topics)
        means = np.where(self._counts > 0, sums / np.maximum(self._counts, 1), values.min())
        return best + MEAN_WEIGHT * means


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else values * 0.0
