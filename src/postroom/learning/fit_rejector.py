"""Fit the rejector: a logistic regression that begins at the label's log-odds and moves as far as is proven."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from postroom.learning.evidence import Floats
from postroom.learning.rejector import Rejector

RIDGE = 10.0
"""How strongly the weights are held to their beginning: of .1 to 100, best or within .001 of the area under the
risk-coverage curve of Banking77 (validation texts), HINT3 (out of fold) and CLINC150 (validation texts)."""
FOLDS = 10


def fit_rejector(signals: Floats, right: NDArray[np.bool_], importance: Floats) -> Rejector:
    """Return a rejector of `signals` (decisions x signals) that knows which decisions were `right`.

    Each decision counts as much as its `importance` says. With none at all, the label's own probability is believed.
    """
    count, width = signals.shape
    means = signals.mean(axis=0) if count else np.zeros(width)
    spread = signals.std(axis=0) if count else np.ones(width)
    scales = np.where(spread > 1e-9, spread, 1.0)
    means[0], scales[0] = 0.0, 1.0
    start = np.zeros(width + 1)
    start[0] = 1.0
    if count == 0:
        return Rejector(means=means, scales=scales, weights=start[:-1], intercept=0.0)
    inputs = np.column_stack([(signals - means) / scales, np.ones(count)])
    sides = np.where(right, 1.0, -1.0)
    held = np.full(width + 1, RIDGE)
    held[-1] = RIDGE / 10  # The intercept is free, but for a handful of decisions that all are right.

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = sides * (inputs @ weights)
        wrongness = np.logaddexp(0.0, -margins)
        slope = -importance * sides / (1.0 + np.exp(np.clip(margins, -500, 500)))
        away = weights - start
        return float(importance @ wrongness + 0.5 * held @ away**2), inputs.T @ slope + held * away

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Rejector(means=means, scales=scales, weights=found[:-1], intercept=float(found[-1]))


def unlearnt_certainty(signals: Floats, right: NDArray[np.bool_], importance: Floats, *, seed: int) -> Floats:
    """Return the certainty of each decision by rejectors that were fitted without it."""
    count = len(right)
    folds = np.random.default_rng(seed).permutation(count) % FOLDS
    certainty = np.zeros(count)
    for fold in range(min(FOLDS, count)):
        held = folds == fold
        certainty[held] = fit_rejector(signals[~held], right[~held], importance[~held]).certainty(signals[held])
    return certainty
