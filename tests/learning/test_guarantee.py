"""The guarantee says what may be decided alone, how much is missing, and keeps its promise on mail nobody has seen."""

import math
import random

import pytest

from postroom.learning.guarantee import Decided, guarantee, proof_confidence


def decisions(count: int, *, wrong: int = 0, category: str = "refund", score: float = 0.9) -> list[Decided]:
    return [Decided(category=category, score=score, right=place >= wrong) for place in range(count)]


def scored(count: int, seed: int) -> list[Decided]:
    """Return decisions that are right as often as their score says: half of them barely, half nearly always."""
    chance = random.Random(seed)
    scores = [1 - 0.5 * chance.random() ** 3 for _ in range(count)]
    return [Decided(category=chance.choice("abcde"), score=one, right=chance.random() < one) for one in scores]


def test_without_reviews_nothing_is_decided_alone_and_the_number_missing_is_told() -> None:
    found = guarantee([])
    assert (found.threshold, found.coverage, found.precision, found.automated) == (None, 0.0, None, 0)
    assert found.more_reviews == math.ceil(59 / 0.3)
    assert not found.allows("refund", 1.0)


def test_58_right_decisions_are_one_too_few() -> None:
    few, enough = guarantee(decisions(58)), guarantee(decisions(59))
    assert (few.threshold, few.more_reviews) == (None, 1)
    assert (enough.threshold, enough.more_reviews, enough.coverage) == (0.9, 0, 1.0)
    assert enough.lower_bound >= 0.95


def test_the_missing_number_is_enough_when_all_goes_well() -> None:
    reviewed = decisions(40, wrong=1)
    missing = guarantee(reviewed).more_reviews
    assert missing == 93 - 40
    assert guarantee(reviewed + decisions(missing)).threshold is not None
    assert guarantee(reviewed + decisions(missing - 1)).threshold is None


def test_decisions_of_one_score_are_never_split() -> None:
    found = guarantee(decisions(200) + decisions(100, wrong=50, score=0.5))
    assert found.threshold == 0.9
    assert found.automated == 200


def test_a_decision_that_is_never_made_alone_lowers_the_coverage_only() -> None:
    found = guarantee(decisions(100) + decisions(100, wrong=100, score=-math.inf))
    assert (found.coverage, found.precision) == (0.5, 1.0)


def test_a_category_whose_own_reviews_contradict_it_stays_with_a_person() -> None:
    found = guarantee(decisions(900) + decisions(20, wrong=8, category="legal"))
    legal, refund = found.categories
    assert (legal.category, legal.threshold) == ("legal", None)
    assert legal.more_reviews > 0
    assert refund.threshold == 0.9
    assert found.allows("refund", 0.9)
    assert not found.allows("legal", 1.0)
    assert not found.allows("unheard of", 1.0)


def test_a_category_that_is_wrong_where_it_is_unsure_must_be_surer_than_the_others() -> None:
    legal = decisions(30, category="legal", score=0.99) + decisions(12, wrong=10, category="legal", score=0.9)
    found = guarantee(decisions(900) + legal)
    assert {one.category: one.threshold for one in found.categories} == {"legal": 0.99, "refund": 0.9}


def test_a_new_category_joins_with_the_others_but_not_when_each_must_prove_itself() -> None:
    reviewed = decisions(300) + decisions(5, category="new")
    assert guarantee(reviewed).allows("new", 0.9)
    strict = guarantee(reviewed, strict=True)
    assert strict.allows("refund", 0.9)
    assert not strict.allows("new", 0.9)
    assert next(one for one in strict.categories if one.category == "new").more_reviews == 54


@pytest.mark.parametrize("reviewed", [200, 500])
def test_the_promise_is_missed_in_at_most_the_promised_share_of_splits(reviewed: int) -> None:
    everything = scored(6000, 7)
    missed = given = 0
    for seed in range(200):
        chance = random.Random(seed)
        mixed = chance.sample(everything, len(everything))
        found = guarantee(mixed[:reviewed])
        alone = [one.right for one in mixed[reviewed:] if found.allows(one.category, one.score)]
        given += bool(alone)
        missed += bool(alone) and sum(alone) < 0.95 * len(alone)
    assert given > 20
    assert missed <= 0.05 * 200


USELESS = 0.945  # So many of its decisions are right, where 95 % are promised.
TRIES, WORLDS = 20, 100


def fished(world: int) -> tuple[bool, bool]:
    """Return whether any of many useless models is proven on the same mail: as the only one, and as one of many."""
    chance = random.Random(world)
    alone = counted = False
    for attempt in range(1, TRIES + 1):
        tried = [Decided(category="a", score=chance.random(), right=chance.random() < USELESS) for _ in range(200)]
        if guarantee(tried).threshold is not None:
            alone = True
            counted = counted or guarantee(tried, attempt=attempt).threshold is not None
    return alone, counted


def test_fishing_with_useless_models_breaks_the_promise_in_at_most_the_promised_share_of_worlds() -> None:
    found = [fished(world) for world in range(WORLDS)]
    assert sum(counted for _, counted in found) <= 0.05 * WORLDS
    # Were each taken for the only one, trying on would be enough to prove what is not so.
    assert sum(alone for alone, _ in found) > 0.3 * WORLDS


def test_the_risk_of_all_tries_together_is_that_of_one() -> None:
    risks = [1 - proof_confidence(0.95, attempt) for attempt in range(1, 2_000)]
    assert sum(risks) < 0.05
    assert risks == sorted(risks, reverse=True)
    assert proof_confidence(0.95, 0) == 0.95


def test_a_later_try_needs_more_reviews_and_is_contradicted_as_easily_as_the_first() -> None:
    assert guarantee(decisions(72), attempt=1).threshold is not None
    assert guarantee(decisions(71), attempt=1).more_reviews == 1
    tenth = guarantee(decisions(72), attempt=10)
    assert (tenth.threshold, guarantee(decisions(72 + tenth.more_reviews), attempt=10).threshold) == (None, 0.9)
    doubtful = decisions(20, wrong=8, category="legal")
    legal, _ = guarantee(decisions(900) + doubtful, attempt=10).categories
    assert legal.threshold is None
