"""Linear parts tell labels apart, whichever of them are there."""

import numpy as np

from postroom.learning.features import learn_vocabulary
from postroom.learning.linear_fit import Weights, fit_vectors, fit_words, sparse_matrix

TEXTS = ("my refund", "the refund", "an invoice", "my invoice", "the parcel", "a parcel")
WANTED = np.array([0, 0, 1, 1, 3, 3])


def test_words_of_three_labels_are_told_apart_and_the_missing_one_is_never_said() -> None:
    vocabulary = learn_vocabulary(TEXTS, min_texts=1)
    matrix = sparse_matrix(vocabulary, TEXTS)
    found = fit_words(matrix, WANTED, 4, penalty=1.0, seed=0)
    scores = matrix @ found.weights + found.intercepts
    assert scores.argmax(axis=1).tolist() == WANTED.tolist()
    assert (scores[:, 2] <= scores.max(axis=1) - 0.5).all()


def said(found: Weights, vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> list[int]:
    return [int(one) for one in (vectors @ found.weights + found.intercepts).argmax(axis=1)]


def test_vectors_of_two_labels_and_of_one() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], dtype=np.float32)
    assert said(fit_vectors(vectors, np.array([0, 0, 2, 2]), 3, penalty=10.0), vectors) == [0, 0, 2, 2]
    assert said(fit_vectors(vectors, np.array([1, 1, 1, 1]), 3, penalty=10.0), vectors) == [1, 1, 1, 1]


def test_no_texts_are_a_matrix_without_rows() -> None:
    vocabulary = learn_vocabulary(TEXTS, min_texts=1)
    assert sparse_matrix(vocabulary, []).shape == (0, len(vocabulary.idf))
