from datetime import UTC, datetime

import pytest

from postroom.actions.mailboxes_hours import read_hours, write_hours
from postroom.errors import InputError
from postroom.model.opening_hours import is_open


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["mon-fri 09:00-17:00"], ("mon-fri 09:00-17:00",)),
        (["Mon-Fri 9:00 - 17:00", "sat 10:00-14:00"], ("mon-fri 09:00-17:00", "sat 10:00-14:00")),
        (["mon,wed,thu 08:00-12:00"], ("mon,wed-thu 08:00-12:00",)),
        (["fri-mon 08:00-12:00"], ("mon,fri-sun 08:00-12:00",)),
        (["mon-sun 00:00-24:00"], ("mon-sun 00:00-24:00",)),
        (["sun 22:00-06:00"], ("mon 00:00-06:00", "sun 22:00-24:00")),
        (["mon 08:00-12:00", "mon 08:00-12:00"], ("mon 08:00-12:00",)),
        ([], ()),
    ],
)
def test_hours_are_read_as_people_write_them(texts: list[str], written: tuple[str, ...]) -> None:
    assert write_hours(read_hours(texts)) == written
    assert read_hours(write_hours(read_hours(texts))) == read_hours(texts)


@pytest.mark.parametrize(
    "text",
    ["", "always", "mon", "mon 9-17", "moon 09:00-17:00", "mon 09:00-09:00", "mon 25:00-26:00", "mon 24:00-06:00"],
)
def test_what_are_no_hours_is_told(text: str) -> None:
    with pytest.raises(InputError, match="no opening hours"):
        read_hours([text])


@pytest.mark.parametrize(
    ("hour", "minute", "opened"), [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (6, 0, False)]
)
def test_a_night_is_open_up_to_and_past_midnight(hour: int, minute: int, *, opened: bool) -> None:
    day = 1 if hour < 12 else 31  # A Sunday night: 31 May 2026 and 1 June.
    at = datetime(2026, 6 if day == 1 else 5, day, hour, minute, tzinfo=UTC)
    assert is_open(read_hours(["sun 22:00-06:00"]), at, time_zone="UTC") is opened
