"""The rejector: how probable it is that a decision is right, from what the members say and how known the text is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.learning.evidence import Floats, MemberVotes

_SAFE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejector:
    """A logistic regression on the signals of a decision: `means` and `scales` make them comparable.

    One `weights` entry for each signal; which signals there are follows from the members.
    """

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float

    def certainty(self, signals: Floats) -> Floats:
        """Return the probability (0..1) that each decision is right, from its signals (decisions x signals)."""
        total = ((signals - self.means) / self.scales) @ self.weights + self.intercept
        shares: Floats = 1.0 / (1.0 + np.exp(-np.clip(total, -30.0, 30.0)))
        return shares


def signals(
    evidence: MemberVotes, opinions: Sequence[Floats], blend: Floats, *, chosen: NDArray[np.int64], outside: int | None
) -> Floats:
    """Return what tells right decisions from wrong ones (decisions x signals); the first is the log-odds of the label.

    `chosen` is the decided label of each text, as a column; `outside` the column of the label for mail that belongs to
    no category, which is never decided.
    """
    rows = np.arange(len(chosen))
    shares = np.exp(blend)
    top = np.clip(shares[rows, chosen], _SAFE, 1 - _SAFE)
    others = shares.copy()
    others[rows, chosen] = 0.0
    second = np.clip(others.max(axis=1), _SAFE, 1.0)
    found = [
        np.log(top) - np.log1p(-top),
        np.log(top) - np.log(second),
        -(shares * np.maximum(blend, -30.0)).sum(axis=1),
        np.log1p(evidence.characters),
        evidence.familiar,
    ]
    found.extend(_energy(scores) for scores in evidence.scores)
    if len(opinions) > 1:
        found.extend(opinion[rows, chosen] for opinion in opinions)
        found.append(np.mean([opinion.argmax(axis=1) == chosen for opinion in opinions], axis=0))
    if evidence.similarity is not None:
        found.extend(_closeness(evidence.similarity, chosen, rows))
    if outside is not None:
        found.append(np.maximum(blend[:, outside], -12.0))
        if evidence.similarity is not None:
            found.append(evidence.similarity[rows, chosen] - evidence.similarity[:, outside])
    return np.column_stack(found)


def _energy(scores: Floats) -> Floats:
    """Return the highest raw score: the free energy of Liu et al. (2020) as the temperature goes to 0."""
    highest: Floats = scores.max(axis=1)
    return highest


def _closeness(similarity: Floats, chosen: NDArray[np.int64], rows: NDArray[np.int64]) -> list[Floats]:
    own = similarity[rows, chosen]
    others = similarity.copy()
    others[rows, chosen] = -1.0
    return [own, own - others.max(axis=1), similarity.max(axis=1)]
