from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from postroom.api.moment import Moment

MOMENT = TypeAdapter[datetime](Moment)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00.5z", datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:59", datetime(1970, 1, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:01+01:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-23:59", datetime(9998, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc_and_kept_within_what_stores_keep(text: str, at: datetime) -> None:
    assert MOMENT.validate_python(text) == at


@pytest.mark.parametrize(
    "wrong",
    ["0", "1e9", 0, 1.5, True, "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z", "٢026-01-31T12:00:00Z"],
)
def test_what_is_not_written_so_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(wrong)
