"""Text to numbers: TF-IDF over words (1 and 2) and letters within words (2 to 5), for any mix of languages.

The same few lines serve training and classifying, so that classifying needs numpy alone. Unlike the usual TF-IDF,
n-grams that were never seen in training count towards the length of the vector: a text of unknown words gets a short
vector and therefore no confident label, instead of a full-length vector made of its one known syllable.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4000  # A question stands in the beginning of a mail; the rest costs time and dilutes.
MAX_WORD_CHARACTERS = 40
_LETTERS = (2, 3, 4, 5)
# Numbers are left out: an order number says nothing, and a mail of nothing but numbers must not look familiar.
_DIGITS = re.compile(r"\d+")
_TOKENS = re.compile(r"\w+|[!?]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseVector:
    """The entries of a vector that are not zero: ascending `columns` and their `values`."""

    columns: NDArray[np.int32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordVocabulary:
    """The n-grams seen in training, each with its column and weight.

    `idf` has one entry for each column; `unseen_idf` is the weight of any other n-gram in the length of the vector.
    """

    columns: dict[str, int]
    idf: NDArray[np.float32]
    unseen_idf: float

    def vector(self, text: str) -> SparseVector:
        """Return `text` as a vector of length 1 or less: the word part and the letter part weigh the same."""
        parts = [self._part(grams) for grams in (word_grams(text), letter_grams(text))]
        columns = np.concatenate([part.columns for part in parts])
        values = np.concatenate([part.values for part in parts])
        order = np.argsort(columns)
        return SparseVector(columns=columns[order], values=values[order])

    def _part(self, grams: Sequence[str]) -> SparseVector:
        counts = Counter(grams)
        unseen = len(self.idf)
        columns = np.fromiter((self.columns.get(gram, unseen) for gram in counts), dtype=np.int32, count=len(counts))
        frequencies = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
        seen = columns < unseen
        values = frequencies * self.unseen_idf
        values[seen] = frequencies[seen] * self.idf[columns[seen]]
        length = math.sqrt(2.0 * float(values @ values)) or 1.0
        return SparseVector(columns=columns[seen], values=(values[seen] / length).astype(np.float32))


def learn_vocabulary(texts: Sequence[str], *, min_texts: int = 2) -> WordVocabulary:
    """Return the n-grams that occur in at least `min_texts` of `texts`, in alphabetical order."""
    occurrences: Counter[str] = Counter()
    for text in texts:
        occurrences.update(set(word_grams(text)))
        occurrences.update(set(letter_grams(text)))
    kept = sorted(gram for gram, count in occurrences.items() if count >= min_texts)
    total = 1 + len(texts)
    idf = np.array([1.0 + math.log(total / (1 + occurrences[gram])) for gram in kept], dtype=np.float32)
    return WordVocabulary(
        columns={gram: column for column, gram in enumerate(kept)}, idf=idf, unseen_idf=1.0 + math.log(total / 2)
    )


def word_grams(text: str) -> list[str]:
    """Return the words of `text` and its pairs of neighbours, marked so that they differ from letter n-grams."""
    words = _words(text)
    return [f"={word}" for word in words] + [f"={first} {second}" for first, second in pairwise(words)]


def letter_grams(text: str) -> list[str]:
    """Return the runs of 2 to 5 letters of each word of `text`, a space standing for its beginning and end."""
    grams: list[str] = []
    for word in _words(text):
        padded = f" {word} "
        size = len(padded)
        for length in _LETTERS:
            if length >= size:
                grams.append(padded)
                break
            grams.extend([padded[start : start + length] for start in range(size - length + 1)])
    return grams


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text[:MAX_CHARACTERS]).casefold()
    return [word[:MAX_WORD_CHARACTERS] for word in _TOKENS.findall(_DIGITS.sub(" ", plain))]
