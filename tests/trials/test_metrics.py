"""The measures, on cases that can be counted by hand."""

import numpy as np
import pytest

from postroom.trials.metrics import calibration_error, macro_f1, risk_coverage_area, separation


def test_macro_f1_is_the_mean_over_the_real_labels() -> None:
    # a: 2 of 3 found, one said too much: 2*2/(3+3); b: 1 of 1 found: 1; c was said and is nowhere.
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "c", "b"]) == pytest.approx((2 * 2 / 5 + 1) / 2)
    assert macro_f1([], []) == 0.0


def test_who_is_as_right_as_sure_is_calibrated() -> None:
    sure = np.array([0.9] * 10)
    right = np.array([True] * 9 + [False])
    assert calibration_error(sure, right) == pytest.approx(0.0)
    assert calibration_error(sure, np.zeros(10, dtype=np.bool_)) == pytest.approx(0.9)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0.0
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=np.bool_)) == 0.0


def test_errors_at_the_unsure_end_cost_least() -> None:
    right = np.array([True, True, True, False])
    assert risk_coverage_area(np.array([4.0, 3.0, 2.0, 1.0]), right) == pytest.approx(0.25 / 4)
    assert risk_coverage_area(np.array([1.0, 2.0, 3.0, 4.0]), right) == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    # Whoever is equally sure of everything is as wrong at every coverage.
    assert risk_coverage_area(np.ones(4), right) == pytest.approx(0.25)


def test_separation_counts_ties_half() -> None:
    assert separation(np.array([2.0, 3.0]), np.array([1.0])) == 1.0
    assert separation(np.array([1.0, 1.0]), np.array([1.0])) == 0.5
    assert separation(np.array([0.0, 2.0]), np.array([1.0])) == 0.5
    assert separation(np.array([1.0]), np.zeros(0)) is None
