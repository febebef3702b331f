"""Times become milliseconds and come back."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.stores.sql.rows import millis, moment, optional_millis, optional_moment


@settings(deadline=None)
@given(at=st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_cut_to_milliseconds(at: datetime) -> None:
    assert moment(millis(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_a_time_of_another_zone_comes_back_in_utc() -> None:
    at = datetime(2026, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    found = moment(millis(at))
    assert found == at
    assert found.tzinfo is UTC


def test_no_time_stays_none() -> None:
    assert optional_millis(None) is None
    assert optional_moment(None) is None
