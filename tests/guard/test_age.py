"""An e-mail is as old as its earliest time."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings

from guard.mails import NOW, PLAIN, emails, times
from postroom.guard.age import age, is_too_old
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
