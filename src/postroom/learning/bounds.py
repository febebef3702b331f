"""How right decisions are at least or at most, from how many reviewed ones were right: Clopper and Pearson. Pure."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

TARGET = 0.95
CONFIDENCE = 0.95
_REMEMBERED = 50_000  # Bounds: some megabytes.


def lower_bound(right: int, automated: int, confidence: float = CONFIDENCE) -> float:
    """Return the share that is right at least, with `confidence`: the one-sided Clopper-Pearson bound, 0 for nothing.

    Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 1934.
    """
    return _quantile(right, automated - right + 1, 1 - confidence) if right else 0.0


def lower_bounds(
    right: NDArray[np.int64], automated: NDArray[np.int64], confidence: float = CONFIDENCE
) -> NDArray[np.float64]:
    """Return `lower_bound` for each pair of counts."""
    found: NDArray[np.float64] = betaincinv(np.maximum(right, 1), np.maximum(automated - right, 0) + 1, 1 - confidence)
    return np.where(right > 0, found, 0.0)


def upper_bound(right: int, automated: int, confidence: float = CONFIDENCE) -> float:
    """Return the share that is right at most, with `confidence`; 1 for nothing."""
    return _quantile(right + 1, automated - right, confidence) if right < automated else 1.0


def reviews_needed(wrong: int, *, target: float = TARGET, confidence: float = CONFIDENCE) -> int:
    """Return how many decisions must be reviewed, `wrong` of them wrong, to prove `target`: 59, 93, 124 … for 95 %."""
    return _reviews_needed(wrong, target, confidence)


# The same counts are asked for again and again, by each category and at each target of the dial.
@lru_cache(maxsize=_REMEMBERED)
def _quantile(first: int, second: int, share: float) -> float:
    """Return the quantile of the beta distribution."""
    return float(betaincinv(first, second, share))


@lru_cache(maxsize=_REMEMBERED)
def _reviews_needed(wrong: int, target: float, confidence: float) -> int:
    low, high = wrong + 1, wrong + 2
    while lower_bound(high - wrong, high, confidence) < target:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if lower_bound(middle - wrong, middle, confidence) < target:
            low = middle + 1
        else:
            high = middle
    return low
