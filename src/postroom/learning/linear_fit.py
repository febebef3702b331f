"""Fit the weights of linear parts: support vectors on sparse TF-IDF, logistic regression on dense vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from postroom.learning.features import WordVocabulary

_TOLERANCE = 0.02  # Ten times looser than the default: the labels stay the same and training takes a third.
_UNSEEN = -1.0
_UNSEEN_DENSE = -10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learnt for one head: one column of `weights` (features x labels) and one intercept for each label."""

    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]


def sparse_matrix(vocabulary: WordVocabulary, texts: Sequence[str]) -> csr_matrix:
    """Return the TF-IDF vectors of `texts` as rows."""
    vectors = [vocabulary.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    values = np.concatenate([vector.values for vector in vectors]) if vectors else np.zeros(0, dtype=np.float32)
    columns = np.concatenate([vector.columns for vector in vectors]) if vectors else np.zeros(0, dtype=np.int32)
    return csr_matrix((values, columns, ends), shape=(len(texts), len(vocabulary.idf)))


def fit_words(matrix: csr_matrix, wanted: NDArray[np.int64], width: int, *, penalty: float, seed: int) -> Weights:
    """Return the support vector weights that tell `wanted` (columns, one for each row) apart.

    A label of `width` that no row has keeps a score below every other. `penalty` is LinearSVC's C.
    """
    present = np.unique(wanted)
    if len(present) == 1 or matrix.shape[1] == 0:
        return _constant(matrix.shape[1], width, wanted)
    machine = LinearSVC(C=penalty, tol=_TOLERANCE, random_state=seed).fit(matrix, wanted)
    return _spread(machine.coef_, machine.intercept_, present, width, _UNSEEN)


def fit_vectors(vectors: NDArray[np.float32], wanted: NDArray[np.int64], width: int, *, penalty: float) -> Weights:
    """Return the logistic regression weights that tell `wanted` (columns) apart."""
    present = np.unique(wanted)
    if len(present) == 1:
        return _constant(vectors.shape[1], width, wanted)
    machine = LogisticRegression(C=penalty, tol=1e-3, max_iter=300).fit(vectors, wanted)
    return _spread(machine.coef_, machine.intercept_, present, width, _UNSEEN_DENSE)


def _constant(features: int, width: int, wanted: NDArray[np.int64]) -> Weights:
    counts = np.bincount(wanted, minlength=width)
    intercepts = np.where(counts == counts.max(), 1.0, _UNSEEN).astype(np.float32)
    return Weights(weights=np.zeros((features, width), dtype=np.float32), intercepts=intercepts)


def _spread(
    rows: NDArray[np.float64], offsets: NDArray[np.float64], present: NDArray[np.int64], width: int, unseen: float
) -> Weights:
    if len(present) == 2:  # For two labels one row is kept: above 0 means the second.
        rows, offsets = np.vstack([-rows, rows]), np.concatenate([-offsets, offsets])
    weights = np.zeros((rows.shape[1], width), dtype=np.float32)
    intercepts = np.full(width, unseen, dtype=np.float32)
    weights[:, present] = rows.T
    intercepts[present] = offsets
    return Weights(weights=weights, intercepts=intercepts)
