"""Which limit is full and which places are to be taken, without a database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.store_allowances import AllowancesContract
from contracts.store_nouns import limit
from postroom.model.allowance import Limit
from postroom.stores.sql.allowances import TakenPlaces, first_full, to_take

NOW = 10_000_000
HOUR, DAY = limit("shop", 2, minutes=60), limit("shop", 5, minutes=24 * 60)
MINUTE = 60_000


def places(taken: dict[Limit, int], **held_since: int) -> TakenPlaces:
    return TakenPlaces(taken=taken, held_since=held_since)


@pytest.mark.parametrize(
    ("hour", "day", "full"),
    [(0, 0, None), (1, 4, None), (2, 2, HOUR), (2, 5, HOUR), (1, 5, DAY), (9, 9, HOUR)],
)
def test_the_first_limit_without_room_is_full(hour: int, day: int, full: Limit | None) -> None:
    assert first_full([HOUR, DAY], places({HOUR: hour, DAY: day}), NOW) == full


def test_who_has_a_place_is_not_turned_away_and_takes_none() -> None:
    held = places({HOUR: 9, DAY: 9}, shop=NOW - 59 * MINUTE)
    assert first_full([HOUR, DAY], held, NOW) is None
    assert to_take([HOUR, DAY], held, NOW) == {}


def test_a_place_that_a_window_no_longer_reaches_is_taken_again_and_kept_for_the_longest() -> None:
    held = places({HOUR: 1, DAY: 9}, shop=NOW - 60 * MINUTE)
    assert first_full([HOUR, DAY], held, NOW) is None
    assert to_take([HOUR, DAY], held, NOW) == {"shop": NOW + 24 * 60 * MINUTE}
    assert first_full([HOUR, DAY], places({HOUR: 2, DAY: 9}, shop=NOW - 60 * MINUTE), NOW) == HOUR


@pytest.mark.parametrize("cap", [0, -1])
def test_a_cap_of_nothing_is_full_whoever_has_a_place(cap: int) -> None:
    shut = limit("shop", cap)
    assert first_full([shut], places({shut: 0}, shop=NOW), NOW) == shut


@settings(deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=60), cap=st.integers(1, 4))
def test_no_window_ever_holds_more_than_the_cap(steps: list[tuple[int, int]], cap: int) -> None:
    one = limit("shop", cap, minutes=60)
    now, taken = NOW, dict[int, int]()
    for name, minutes in steps:
        now += minutes * MINUTE
        begin = now - 60 * MINUTE
        held = {"shop": taken[name]} if name in taken else {}
        seen = TakenPlaces(taken={one: sum(at > begin for at in taken.values())}, held_since=held)
        if first_full([one], seen, now) is None and to_take([one], seen, now):
            taken[name] = now
        assert sum(at > begin for at in taken.values()) <= cap


class TestAllowances(AllowancesContract):
    """Allowances in SQL."""
