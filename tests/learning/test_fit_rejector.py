"""The rejector believes a label's own probability until it has seen enough to know better."""

import numpy as np
import pytest

from postroom.learning.evidence import Floats
from postroom.learning.fit_rejector import fit_rejector, unlearnt_certainty


def decisions(count: int, *, seed: int) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return signals of which the second alone tells right from wrong; the first claims to know."""
    drawn = np.random.default_rng(seed)
    signals = drawn.normal(size=(count, 3))
    return signals, drawn.random(count) < 1 / (1 + np.exp(-3 * signals[:, 1]))


def test_without_decisions_the_label_is_believed() -> None:
    rejector = fit_rejector(np.zeros((0, 3)), np.zeros(0, dtype=np.bool_), np.zeros(0))
    odds = np.array([[2.0, 9.0, -9.0]])
    assert rejector.certainty(odds)[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_a_handful_of_right_decisions_is_no_proof() -> None:
    signals, _ = decisions(5, seed=1)
    rejector = fit_rejector(signals, np.ones(5, dtype=np.bool_), np.ones(5))
    assert rejector.certainty(np.zeros((1, 3)))[0] < 0.95


def test_it_learns_which_signal_tells() -> None:
    signals, right = decisions(2000, seed=2)
    rejector = fit_rejector(signals, right, np.ones(2000))
    assert abs(rejector.weights[1]) > 5 * abs(rejector.weights[0])
    fresh, truth = decisions(2000, seed=3)
    certainty = rejector.certainty(fresh)
    assert certainty[truth].mean() > certainty[~truth].mean() + 0.3
    assert abs(certainty.mean() - truth.mean()) < 0.03


def test_what_counts_less_teaches_less() -> None:
    signals, right = decisions(400, seed=4)
    opposite = np.concatenate([right, ~right])
    both = np.concatenate([signals, signals])
    importance = np.concatenate([np.ones(400), np.full(400, 0.01)])
    rejector = fit_rejector(both, opposite, importance)
    assert rejector.weights[1] > 0.5


def test_unlearnt_certainty_is_not_fooled_by_chance() -> None:
    drawn = np.random.default_rng(5)
    signals, right = drawn.normal(size=(60, 12)), drawn.random(60) < 0.5
    ones = np.ones(60)
    seen = fit_rejector(signals, right, ones).certainty(signals)
    unseen = unlearnt_certainty(signals, right, ones, seed=1)
    assert seen[right].mean() - seen[~right].mean() > unseen[right].mean() - unseen[~right].mean() + 0.1
    assert len(unlearnt_certainty(signals[:1], right[:1], ones[:1], seed=1)) == 1
