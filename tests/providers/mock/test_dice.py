"""Chance that falls the same way everywhere."""

from collections import Counter

import pytest

from postroom.providers.mock.dice import Dice


def test_the_same_key_falls_the_same_way_for_ever() -> None:
    """The sequence is written down: other numbers would change every stored stream of mock mail."""
    first, second = Dice("7/0/plan"), Dice("7/0/plan")
    found = [first.between(0, 999) for _ in range(6)]
    assert found == [second.between(0, 999) for _ in range(6)]
    assert found == [71, 362, 808, 55, 706, 650]
    assert found != [Dice("7/1/plan").between(0, 999) for _ in range(6)]


def test_both_ends_are_reached_and_nothing_beyond() -> None:
    dice = Dice("a")
    assert {dice.between(2, 4) for _ in range(200)} == {2, 3, 4}
    assert {dice.between(5, 5) for _ in range(20)} == {5}


def test_what_is_certain_happens_and_what_is_impossible_does_not() -> None:
    dice = Dice("a")
    assert all(dice.chance(1.0) for _ in range(200))
    assert not any(dice.chance(0.0) for _ in range(200))


def test_every_face_is_picked_about_as_often() -> None:
    dice = Dice("a")
    found = Counter(dice.pick("abcd") for _ in range(4000))
    assert set(found) == set("abcd")
    assert all(900 <= count <= 1100 for count in found.values())


def test_a_face_falls_as_often_as_its_weight() -> None:
    dice = Dice("a")
    found = Counter(dice.weighted((("rare", 0.1), ("never", 0.0), ("often", 0.9))) for _ in range(4000))
    assert 320 <= found["rare"] <= 480
    assert found["never"] == 0


def test_weights_that_sum_to_a_little_less_than_one_give_the_last_face_and_no_error() -> None:
    dice = Dice("a")
    assert {dice.weighted((("a", 0.0), ("b", 0.0))) for _ in range(20)} == {"b"}


@pytest.mark.parametrize("count", [1, 2, 9])
def test_digits_are_as_many_as_asked_for_and_do_not_begin_with_nought(count: int) -> None:
    dice = Dice("a")
    for _ in range(200):
        digits = dice.digits(count)
        assert len(digits) == count
        assert digits.isdecimal()
        assert digits[0] != "0"
