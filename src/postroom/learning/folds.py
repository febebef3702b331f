"""Folds: which texts a model does not learn from, so that it can be judged by them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def folds(labels: Sequence[str], count: int, *, seed: int) -> NDArray[np.int64]:
    """Return the fold (0..count-1) of each text, such that every label is spread over the folds as evenly as can be."""
    drawn = np.random.default_rng(seed).random(len(labels))
    order = sorted(range(len(labels)), key=lambda place: (labels[place], drawn[place]))
    found = np.zeros(len(labels), dtype=np.int64)
    found[order] = np.arange(len(labels)) % count
    return found


def fold_count(texts: int) -> int:
    """Return how many folds to make: ten for a few hundred texts, three for thousands, where training takes long."""
    if texts > 3000:
        return 3
    return 5 if texts > 600 else 10
