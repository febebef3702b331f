"""Dates as mail programs write them."""

from datetime import UTC, datetime

import pytest

from postroom.mime.dates import parse_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 12 May 2025 10:30:00 +0200", datetime(2025, 5, 12, 8, 30, tzinfo=UTC)),
        ("12 May 25 10:30 EST", datetime(2025, 5, 12, 15, 30, tzinfo=UTC)),
        ("Mon, 12 May 2025 10:30:00 +0200 (CEST)", datetime(2025, 5, 12, 8, 30, tzinfo=UTC)),
        ("Mon, 12 May 2025 10:30:00", datetime(2025, 5, 12, 10, 30, tzinfo=UTC)),
        ("Mon, 12 May 2025 10:30:60 -0000", datetime(2025, 5, 12, 10, 30, 59, tzinfo=UTC)),
        ("Fri, 21 Nov 1997 09(comment): 55 : 06 -0600", datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC)),
        ("2025-05-12T10:30:00+02:00", datetime(2025, 5, 12, 8, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("99 Foo 99999 99:99:99 +9999", None),
        ("Mon, 31 Dec 9999 23:59:59 -1200", None),
    ],
)
def test_a_date_is_utc_or_none(value: str, expected: datetime | None) -> None:
    assert parse_date(value) == expected
