"""Every label is spread over the folds, the same way for the same seed."""

from collections import Counter

import numpy as np

from postroom.learning.folds import fold_count, folds


def test_each_fold_has_its_share_of_each_label() -> None:
    labels = ["a"] * 50 + ["b"] * 20
    found = folds(labels, 5, seed=1)
    for label, count in (("a", 10), ("b", 4)):
        counts = Counter(fold for fold, one in zip(found.tolist(), labels, strict=True) if one == label)
        assert counts == dict.fromkeys(range(5), count)


def test_the_seed_decides_which_texts_are_together() -> None:
    labels = ["a"] * 40
    assert np.array_equal(folds(labels, 4, seed=1), folds(labels, 4, seed=1))
    assert not np.array_equal(folds(labels, 4, seed=1), folds(labels, 4, seed=2))


def test_large_sets_are_split_less_often() -> None:
    assert fold_count(100) > fold_count(1000) > fold_count(10_000) >= 2
