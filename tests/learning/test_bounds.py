import numpy as np
import pytest

from postroom.learning.bounds import lower_bound, lower_bounds, reviews_needed, upper_bound


@pytest.mark.parametrize(
    ("wrong", "target", "needed"), [(0, 0.95, 59), (1, 0.95, 93), (0, 0.98, 149), (0, 0.99, 299), (1, 0.98, 236)]
)
def test_so_many_reviews_prove_a_target(wrong: int, target: float, needed: int) -> None:
    assert reviews_needed(wrong, target=target) == needed
    assert lower_bound(needed - wrong, needed) >= target > lower_bound(needed - wrong - 1, needed - 1)


def test_the_bounds_close_in_on_the_share() -> None:
    assert lower_bound(0, 10) == 0.0
    assert upper_bound(10, 10) == 1.0
    assert lower_bound(95, 100) < 0.95 < upper_bound(95, 100)
    # One-sided 95 %: without an error the bound is 0.05 ** (1 / n).
    assert lower_bound(20, 20) == pytest.approx(0.05 ** (1 / 20))
    pairs = [(0, 4), (3, 4), (90, 100)]
    bounds = lower_bounds(np.array([one for one, _ in pairs]), np.array([all_ for _, all_ in pairs]))
    assert bounds.tolist() == pytest.approx([lower_bound(*pair) for pair in pairs])
