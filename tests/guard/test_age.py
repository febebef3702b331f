"""An e-mail is as old as its earliest time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from guard.mails import NOW, PLAIN, emails, times
from postroom.guard.age import age, is_from_before, is_too_old, may_be_from_before
from postroom.model.email import Email

UNDATED = replace(PLAIN, date=None)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_the_earliest_time_counts() -> None:
    email = replace(UNDATED, date=NOW - hours(3), handed_over_at=NOW - hours(2))
    assert age(email, received_at=NOW - hours(1), now=NOW) == hours(3)
    assert age(replace(email, date=None), received_at=NOW - hours(1), now=NOW) == hours(2)
    assert age(UNDATED, received_at=NOW - hours(1), now=NOW) == hours(1)


def test_a_date_in_the_future_does_not_make_it_younger() -> None:
    assert age(replace(UNDATED, date=NOW + hours(900)), received_at=NOW - hours(80), now=NOW) == hours(80)


def test_it_is_too_old_only_beyond_the_limit() -> None:
    assert not is_too_old(UNDATED, received_at=NOW - hours(72), now=NOW, within_hours=72)
    assert is_too_old(UNDATED, received_at=NOW - hours(72.01), now=NOW, within_hours=72)
    assert not is_too_old(UNDATED, received_at=NOW - hours(1e6), now=NOW, within_hours=float("inf"))


@settings(deadline=None)
@given(emails, times)
def test_it_is_never_younger_than_in_the_mailbox_and_never_from_the_future(email: Email, received_at: datetime) -> None:
    found = age(email, received_at=received_at, now=NOW)
    assert found >= max(NOW - received_at, timedelta(0))


@pytest.mark.parametrize(
    ("connected_after", "expected"),
    [
        (timedelta(days=-1), False),
        (timedelta(0), False),
        # Servers tell whole seconds, so mail of the very moment looks older than it is.
        (timedelta(milliseconds=600), False),
        # Our clock may be ahead of the server's.
        (timedelta(minutes=3), False),
        (timedelta(minutes=15, milliseconds=999), False),
        (timedelta(minutes=15, seconds=1), True),
        (timedelta(days=2), True),
    ],
)
def test_a_mail_is_from_before_only_beyond_what_clocks_may_differ(
    connected_after: timedelta, *, expected: bool
) -> None:
    assert is_from_before(NOW, NOW + connected_after) is expected


@pytest.mark.parametrize(
    ("connected_after", "expected"),
    [(timedelta(0), False), (timedelta(milliseconds=999), False), (timedelta(seconds=1), True)],
)
def test_a_mail_may_be_from_before_by_a_second(connected_after: timedelta, *, expected: bool) -> None:
    assert may_be_from_before(NOW, NOW + connected_after) is expected


def test_nothing_is_from_before_a_mailbox_that_knows_no_such_time() -> None:
    assert not is_from_before(NOW - hours(1e5), None)
    assert not may_be_from_before(NOW - hours(1e5), None)
