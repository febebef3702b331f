"""Measures of a classifier that may abstain: pure functions of decisions, certainties and whether they were right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
BINS = 15  # As in Guo et al., "On Calibration of Modern Neural Networks", 2017.


def macro_f1(wanted: Sequence[str], given: Sequence[str]) -> float:
    """Return the mean F1 (0..1) over all labels of `wanted`; 0 where there are none."""
    labels = sorted(set(wanted))
    real, said = np.array(wanted, dtype=np.str_), np.array(given, dtype=np.str_)
    found = []
    for label in labels:
        both = float(((real == label) & (said == label)).sum())
        found.append(2 * both / float((real == label).sum() + (said == label).sum()))
    return float(np.mean(found)) if found else 0.0


def calibration_error(probabilities: Floats, right: Truths) -> float:
    """Return the expected calibration error (0..1) over equally wide bins of probability."""
    bins = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    gaps = [
        abs(float(right[bins == one].mean()) - float(probabilities[bins == one].mean())) * float((bins == one).mean())
        for one in np.unique(bins)
    ]
    return float(sum(gaps))


def risk_coverage_area(certainty: Floats, right: Truths) -> float:
    """Return the area under the risk-coverage curve (0..1, lower is better): the mean share of wrong decisions.

    Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", 2017. Decisions with the same certainty
    share their place: each counts as right as they are on average.
    """
    if len(right) == 0:
        return 0.0
    order = np.argsort(-certainty, kind="stable")
    _, group = np.unique(-certainty[order], return_inverse=True)
    shares = np.bincount(group, weights=right[order].astype(np.float64)) / np.bincount(group)
    risks = 1 - np.cumsum(shares[group]) / np.arange(1, len(order) + 1)
    return float(risks.mean())


def separation(high: Floats, low: Floats) -> float | None:
    """Return the probability that one of `high` is above one of `low` (AUROC, ties half); None where one is empty."""
    if len(high) == 0 or len(low) == 0:
        return None
    everything = np.concatenate([high, low])
    _, place, counts = np.unique(everything, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = ranks[: len(high)].sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(high) * len(low)))
