"""Whether somebody is there, by the clocks of the place."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from postroom.model.opening_hours import OpeningHours, is_open

MONDAY = OpeningHours(weekday=0, opens=time(9), closes=time(17, 30))
BERLIN = "Europe/Berlin"


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (berlin(2, 8, 59), False),
        (berlin(2, 9), True),
        (berlin(2, 17, 29), True),
        (berlin(2, 17, 30), False),
        (berlin(3, 12), False),
    ],
)
def test_the_first_minute_belongs_to_the_hours_and_the_last_does_not(at: datetime, *, expected: bool) -> None:
    assert is_open([MONDAY], at, time_zone=BERLIN) is expected


def test_any_of_several_stretches_counts() -> None:
    hours = [
        OpeningHours(weekday=0, opens=time(9), closes=time(12)),
        MONDAY,
        OpeningHours(weekday=1, opens=time(9), closes=time(10)),
    ]
    assert is_open(hours, berlin(2, 15), time_zone=BERLIN)
    assert is_open(hours, berlin(3, 9, 30), time_zone=BERLIN)


def test_without_any_hours_it_is_always_open() -> None:
    assert is_open((), berlin(1, 3), time_zone=BERLIN)


def test_the_weekday_is_that_of_the_place_too() -> None:
    sunday_in_london = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    early = OpeningHours(weekday=0, opens=time(0), closes=time(1))
    assert is_open([early], sunday_in_london, time_zone=BERLIN)
    assert not is_open([early], sunday_in_london, time_zone="Europe/London")


def test_summer_time_moves_the_hours_along() -> None:
    assert not is_open([MONDAY], datetime(2026, 3, 23, 7, 30, tzinfo=UTC), time_zone=BERLIN)
    assert is_open([MONDAY], datetime(2026, 3, 30, 7, 30, tzinfo=UTC), time_zone=BERLIN)
