"""When a deferred reply is tried again, by table."""

from datetime import UTC, datetime, timedelta

import pytest

from postroom.outbox.postpone import next_try

MADE = datetime(2026, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=1), timedelta(minutes=1)),
        (timedelta(minutes=3), timedelta(seconds=90)),
        (timedelta(minutes=40), timedelta(minutes=20)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(hours=47, minutes=59), timedelta(hours=1)),
        (timedelta(hours=48), None),
        (timedelta(days=9), None),
        # A clock that went back.
        (timedelta(minutes=-5), timedelta(minutes=1)),
    ],
)
def test_the_waits_grow_with_the_age(age: timedelta, wait: timedelta | None) -> None:
    now = MADE + age
    assert next_try(MADE, now) == (None if wait is None else now + wait)


def test_two_days_take_a_bounded_number_of_tries() -> None:
    tries, now = 0, MADE
    while (after := next_try(MADE, now)) is not None:
        assert after > now
        now = after
        tries += 1
    assert 50 < tries < 80
