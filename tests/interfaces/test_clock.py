"""The machine's own clock."""

from datetime import UTC, datetime, timedelta

from postroom.interfaces.clock import SystemClock


def test_it_tells_utc_cut_to_milliseconds_and_never_the_future() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    after = datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < now <= after
