"""Times in requests: RFC 3339 with an offset, kept within the years that every store can keep."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9998, 12, 31, tzinfo=UTC)
# RFC 3339, section 5.6; without leap seconds, which no clock here ever shows.
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _as_written(value: object) -> object:
    """Return a time as it is written; counts of seconds since 1970 are none.

    Raises:
        ValueError: it is not written as RFC 3339 says.
    """
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None and not isinstance(value, datetime | None):
        raise ValueError("it must be a time as 2026-01-31T12:00:00Z")
    return value


def _within_reach(at: datetime) -> datetime:
    """Return the same time in UTC, the nearest one that stores can keep where it lies beyond: no mail is that old."""
    if at.replace(tzinfo=UTC) <= _FIRST:
        return _FIRST
    return _LAST if at.replace(tzinfo=UTC) >= _LAST else max(at.astimezone(UTC), _FIRST)


Moment = Annotated[AwareDatetime, BeforeValidator(_as_written), AfterValidator(_within_reach)]
