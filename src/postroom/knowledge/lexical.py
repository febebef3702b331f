"""How much of a question's words a text holds: BM25 as a share of what the best imaginable text would get.

A plain BM25 score says which text fits best, but not how well; as a share (0..1) it can be added to similarities. On
the paraphrased questions of Banking77, CLINC150, HINT3 and the starter articles in six languages, adding the share
found more than adding standardised BM25 scores, which count stray common words as much as a real match.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.words import fragments, words

_K1 = 1.2
_B = 0.5  # As in search.py: half of the usual punishment for length.
_FRAGMENT_WEIGHT = 0.12  # As in search.py.

_Postings = dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]


class LexicalIndex:
    """An inverted index of texts, each with its language (ISO 639-1), which decides about stop words and endings."""

    def __init__(self, texts: Sequence[str], languages: Sequence[str]) -> None:
        counted = [Counter(words(text, language)) for text, language in zip(texts, languages, strict=True)]
        self._count = len(texts)
        self._rarest = math.log(1 + (len(texts) + 0.5) / 0.5)
        self._words = _postings(counted)
        self._fragments = _postings([Counter(p for word in one.elements() for p in fragments(word)) for one in counted])

    def shares(self, asked: str, language: str) -> NDArray[np.float64]:
        """Return for each text the share (0..1) of what a text with all of the asked words would get."""
        total = np.zeros(self._count)
        best = 0.0
        for word, count in Counter(words(asked, language)).items():
            best += self._add(total, self._words.get(word), 1 + math.log(count))
            for part in fragments(word):
                best += self._add(total, self._fragments.get(part), _FRAGMENT_WEIGHT)
        return total / best if best else total

    def _add(
        self, total: NDArray[np.float64], posting: tuple[NDArray[np.intp], NDArray[np.float64]] | None, weight: float
    ) -> float:
        if posting is None:
            return weight * self._rarest
        places, gains = posting
        total[places] += weight * gains
        return weight * float(gains.max())


def _postings(counted: Sequence[Counter[str]]) -> _Postings:
    sizes = np.array([one.total() for one in counted], dtype=np.float64)
    lengths = 1 - _B + _B * sizes / max(float(sizes.mean()) if len(sizes) else 1.0, 1.0)
    places: dict[str, list[int]] = {}
    counts: dict[str, list[float]] = {}
    for at, one in enumerate(counted):
        for term, count in one.items():
            places.setdefault(term, []).append(at)
            counts.setdefault(term, []).append(count / float(lengths[at]))
    found: _Postings = {}
    for term, where in places.items():
        rarity = math.log(1 + (len(counted) - len(where) + 0.5) / (len(where) + 0.5))
        often = np.array(counts[term])
        found[term] = (np.array(where, dtype=np.intp), rarity * often * (_K1 + 1) / (often + _K1))
    return found
