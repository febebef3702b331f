"""A guarantee is given at a few looks, and taken back whenever it does not hold."""

import math
import random

import numpy as np
import pytest

from postroom.learning.bounds import lower_bounds, reviews_needed
from postroom.learning.guarantee import Decided, Guarantee, guarantee
from postroom.learning.guarantee_looks import dial, watched

ENOUGH = reviews_needed(0)
LOOKS = (59, 89, 134, 201, 302, 453, 680, 1020)


def decided(*stretches: tuple[int, bool], score: float = 0.9, category: str = "refund") -> list[Decided]:
    """Return stretches of right or wrong decisions, told oldest first; what comes back is newest first."""
    told = [Decided(category=category, score=score, right=right) for number, right in stretches for _ in range(number)]
    return told[::-1]


def watch(reviewed: list[Decided]) -> Guarantee:
    return watched(reviewed, target=0.95)


def test_it_opens_at_the_first_look_that_could_prove_anything() -> None:
    assert watch(decided((ENOUGH - 1, True))).threshold is None
    assert watch(decided((ENOUGH, True))) == guarantee(decided((ENOUGH, True)))


@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_what_was_not_given_at_a_look_waits_for_the_next(wrong: int) -> None:
    needed = reviews_needed(wrong)
    look = next(one for one in LOOKS if one >= needed)
    for number in range(needed, look):
        reviewed = decided((wrong, False), (number - wrong, True))
        assert guarantee(reviewed).threshold == 0.9
        found = watch(reviewed)
        assert (found.threshold, found.automated, found.more_reviews) == (None, 0, look - number)
        assert [one.threshold for one in found.categories] == [None]
    assert watch(decided((wrong, False), (look - wrong, True))).threshold == 0.9


def test_it_closes_with_the_review_that_contradicts_it_and_opens_again_without_waiting_for_a_look() -> None:
    assert watch(decided((100, True), (1, False))).threshold == 0.9
    shut = watch(decided((100, True), (2, False)))
    assert (shut.threshold, shut.more_reviews) == (None, reviews_needed(2) - 102)
    # The look at 89 had given it.
    assert watch(decided((100, True), (2, False), (22, True))).threshold == 0.9


def test_nothing_is_said_of_fewer_reviews_than_the_next_look_wants() -> None:
    assert watch([]).more_reviews == 201
    assert guarantee([]).more_reviews == math.ceil(59 / 0.3)
    assert watch(decided((30, True))).more_reviews == 29
    # A hundred that are right, one that is not: 93 would be enough, and the look at 89 saw too few.
    assert watch(decided((1, False), (99, True))).more_reviews == 34


def test_a_threshold_becomes_more_lenient_at_a_look_only() -> None:
    sure, unsure = decided((89, True)), decided((44, True), score=0.5)
    before = watch([*unsure, *sure])
    assert (before.threshold, before.automated, before.precision) == (0.9, 89, 1.0)
    assert before.coverage == 89 / 133
    assert guarantee([*unsure, *sure]).threshold == 0.5
    assert watch([*decided((1, True), score=0.5), *unsure, *sure]).threshold == 0.5


def test_a_category_that_is_new_since_the_look_joins_at_the_next() -> None:
    found = watch([*decided((5, True), category="new"), *decided((89, True))])
    assert {one.category: one.threshold for one in found.categories} == {"new": None, "refund": 0.9}
    later = watch([*decided((5, True), category="new"), *decided((129, True))])
    assert {one.category: one.threshold for one in later.categories} == {"new": 0.9, "refund": 0.9}


def test_the_dial_is_looked_at_in_the_same_way() -> None:
    reviewed = decided((1, False), (99, True))
    (point,) = dial(reviewed, [0.95])
    assert (point.threshold, point.more_reviews) == (None, 34)


def test_fewer_are_falsely_proven_at_looks_than_after_every_review() -> None:
    """Of a thousand histories in which 94.5 % are right, where 95 % are promised."""
    chance = np.random.default_rng(5)
    right = np.cumsum(chance.random((1000, 1020)) < 0.945, axis=1)

    def proven(looks: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
        return sum(bool((lower_bounds(one[looks - 1], looks) >= 0.95).any()) for one in right)

    at_looks, always = proven(np.array(LOOKS)), proven(np.arange(1, 1021))
    assert 0 < at_looks < 0.7 * always


def scored(count: int, seed: int) -> list[Decided]:
    """Return decisions that are right as often as their score says: half of them barely, half nearly always."""
    chance = random.Random(seed)
    scores = [1 - 0.5 * chance.random() ** 3 for _ in range(count)]
    return [Decided(category=chance.choice("abcde"), score=one, right=chance.random() < one) for one in scores]


def test_the_dial_shows_less_for_a_higher_target() -> None:
    points = dial(scored(2000, 1), (0.8, 0.9, 0.95, 0.999))
    coverages = [point.coverage for point in points]
    assert [point.target for point in points] == [0.8, 0.9, 0.95, 0.999]
    assert coverages == sorted(coverages, reverse=True)
    assert points[0].coverage > points[2].coverage > 0
    assert points[-1].threshold is None
    assert points[-1].more_reviews > 0
    for point in points[:3]:
        assert point.lower_bound >= point.target


@pytest.mark.parametrize("seed", range(20))
def test_it_gives_nothing_that_the_guarantee_does_not(seed: int) -> None:
    told = scored(40 * seed, seed)
    found, free = watched(told, target=0.9), guarantee(told, target=0.9)
    for own, bare in zip(found.categories, free.categories, strict=True):
        assert own.threshold is None or (bare.threshold is not None and own.threshold >= bare.threshold)
    assert found.automated == sum(found.allows(one.category, one.score) for one in told)
