"""Fit how members are mixed: temperatures and weights by the likelihood of texts that no member has learnt from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from postroom.learning.evidence import Floats, MemberVotes, Mix, log_softmax

PRIOR_STRENGTH = 5.0
"""How many texts the prior is worth: ten texts move it, a handful do not."""


def fit_mix(evidence: MemberVotes, wanted: NDArray[np.int64], *, priors: Sequence[tuple[float, float]]) -> Mix:
    """Return the mix under which the labels `wanted` (columns) of the texts are most probable.

    `priors` has a temperature and a weight for each member: what holds where there are too few texts to tell.
    """
    temperatures = tuple(
        fit_temperature(scores, wanted, prior) for scores, (prior, _) in zip(evidence.scores, priors, strict=True)
    )
    start = np.array([weight for _, weight in priors])
    mix = Mix(temperatures=temperatures, weights=tuple(float(weight) for weight in start))
    count = len(wanted)
    if count == 0:
        return mix
    opinions = np.stack(mix.opinions(evidence))
    rows = np.arange(count)
    chosen = opinions[:, rows, wanted]

    def surprise(weights: Floats) -> tuple[float, Floats]:
        blend = log_softmax(np.tensordot(weights, opinions, axes=1))
        expected = np.einsum("nl,mnl->m", np.exp(blend), opinions)
        away = weights - start
        loss = -blend[rows, wanted].sum() + 0.5 * PRIOR_STRENGTH * float(away @ away)
        return float(loss), expected - chosen.sum(axis=1) + PRIOR_STRENGTH * away

    found = minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 3.0)] * len(start)).x
    return Mix(temperatures=temperatures, weights=tuple(float(weight) for weight in found))


def fit_temperature(scores: Floats, wanted: NDArray[np.int64], prior: float) -> float:
    """Return the temperature at which the labels `wanted` (columns) are most probable; near `prior` for a handful."""
    if len(wanted) == 0:
        return prior
    rows = np.arange(len(wanted))
    pull = PRIOR_STRENGTH / len(wanted)

    def surprise(logarithm: float) -> float:
        shares = np.maximum(log_softmax(scores / np.exp(logarithm))[rows, wanted], -12.0)
        return float(-shares.mean() + 0.5 * pull * (logarithm - np.log(prior)) ** 2)

    return float(np.exp(minimize_scalar(surprise, bounds=(-5.0, 3.0), method="bounded").x))
