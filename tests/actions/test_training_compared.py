"""When a new model is better than the one in use."""

from collections.abc import Sequence

import pytest

from actions.training_case import example
from postroom.actions.guarantee import Promised
from postroom.actions.training_compared import Comparison, Said, chance_of
from postroom.actions.training_compared import compare as compare_by
from postroom.learning.corpus import OTHER
from postroom.model.example import Example

USUAL = Promised(target=0.95, strict=False)


def compare(
    found: Sequence[Example], before: Sequence[Said], after: Sequence[Said], promised: Promised = USUAL
) -> Comparison:
    """Return how two models compare."""
    return compare_by(found, before, after, promised)


def said(*categories: str, certainty: float = 0.9) -> list[Said]:
    return [Said(category=name, certainty=certainty) for name in categories]


@pytest.mark.parametrize(
    ("gained", "lost", "chance"), [(0, 0, 1.0), (5, 0, 1 / 32), (0, 5, 1.0), (4, 0, 1 / 16), (8, 1, 10 / 512)]
)
def test_the_chance_is_that_of_a_fair_coin(gained: int, lost: int, chance: float) -> None:
    assert chance_of(gained, lost) == pytest.approx(chance)


def test_the_chance_of_thousands_of_differences_can_be_computed() -> None:
    assert chance_of(3000, 2000) < 1e-9
    assert chance_of(2500, 2500) > 0.5


def test_five_gains_and_no_loss_are_better_and_four_are_not() -> None:
    found = [example(number, "claims") for number in range(10)]
    old = said(*["billing"] * 10)
    five = compare(found, old, said(*["claims"] * 5, *["billing"] * 5))
    assert (five.gained, five.lost, five.right, five.right_before) == (5, 0, 0.5, 0.0)
    assert five.better
    assert not compare(found, old, said(*["claims"] * 4, *["billing"] * 6)).better


def test_equally_good_is_not_better() -> None:
    found = [example(number, "claims") for number in range(100)]
    assert not compare(found, said(*["claims"] * 100), said(*["claims"] * 100)).better


def test_as_right_but_surer_of_what_is_right_is_better() -> None:
    found = [example(number, "claims" if number % 10 else "billing") for number in range(300)]
    names = ["claims"] * 300
    old = [Said(category=name, certainty=0.5) for name in names]
    new = [Said(category=name, certainty=0.9 if number % 10 else 0.2) for number, name in enumerate(names)]
    found_better = compare(found, old, new)
    assert (found_better.gained, found_better.lost) == (0, 0)
    assert (found_better.automated_before, found_better.automated) == (0.0, 0.9)
    assert found_better.better
    assert not compare(found, new, old).better


def test_mail_of_no_category_is_nobodys_gain() -> None:
    found = [example(number, OTHER) for number in range(20)]
    comparison = compare(found, said(*["claims"] * 20), said(*[OTHER] * 20))
    assert (comparison.in_scope, comparison.gained, comparison.better) == (0, 0, False)


def test_without_held_out_mail_nothing_is_better_and_it_says_why() -> None:
    comparison = compare([], [], [])
    assert not comparison.better
    assert "held-out" in comparison.reason


def test_with_fewer_mails_than_could_ever_show_a_difference_it_says_that_they_are_too_few() -> None:
    found = [example(number, "claims") for number in range(4)]
    comparison = compare(found, said(*["billing"] * 4), said(*["claims"] * 4))
    assert (comparison.tells, comparison.tells_automation, comparison.better) == (False, False, False)
    assert "too few to tell (n = 4" in comparison.reason
    more = [example(number, "claims") for number in range(59)]
    enough = compare(more, said(*["billing"] * 59), said(*["claims"] * 59))
    assert (enough.tells, enough.tells_automation, enough.better) == (True, True, True)


def test_mail_of_a_category_that_the_model_in_use_never_learnt_is_counted_and_told() -> None:
    found = [example(number, "claims" if number < 6 else "billing") for number in range(10)]
    old, new = said(*["billing"] * 10), said(*["claims"] * 6, *["billing"] * 4)
    comparison = compare_by(found, old, new, USUAL, known_before=("billing", "contract"))
    assert comparison.unknown_before == 6
    assert "never learnt the category of 6 of them" in comparison.reason
    assert "never learnt" not in compare_by(found, old, new, USUAL, known_before=("billing", "claims")).reason


def test_flips_and_confusions_are_told_the_most_frequent_first() -> None:
    found = [example(number, name) for number, name in enumerate(["claims", "claims", "billing", "contract"])]
    comparison = compare(
        found, said("claims", "claims", "claims", "claims"), said("billing", "billing", "billing", "claims")
    )
    assert [(one.example_id, one.wanted, one.before, one.after) for one in comparison.flips] == [
        ("ex_0", "claims", "claims", "billing"),
        ("ex_1", "claims", "claims", "billing"),
        ("ex_2", "billing", "claims", "billing"),
    ]
    assert [(one.wanted, one.said, one.count) for one in comparison.confusions] == [
        ("claims", "billing", 2),
        ("contract", "claims", 1),
    ]


def test_what_could_be_decided_alone_depends_on_what_is_promised() -> None:
    found = [example(number, "claims" if number % 10 else "billing") for number in range(300)]
    # Nine of ten are right, and nothing tells which.
    new = said(*["claims"] * 300)
    loose, usual = (compare(found, new, new, Promised(target=target, strict=False)) for target in (0.8, 0.95))
    assert (loose.target, loose.automated, usual.automated) == (0.8, 1.0, 0.0)
    rare = [example(number, "claims" if number else "billing") for number in range(300)]
    right = [Said(category="claims" if number else "billing", certainty=0.9) for number in range(300)]
    each = compare(rare, right, right, Promised(target=0.95, strict=True))
    assert each.automated < compare(rare, right, right).automated
