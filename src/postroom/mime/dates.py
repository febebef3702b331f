"""The Date header as a UTC time."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

MAX_DATE_CHARS = 200

_COMMENT = re.compile(r"\([^()]{0,100}\)")
_COLON = re.compile(r"\s{0,10}:\s{0,10}")


def parse_date(value: str) -> datetime | None:
    """Return the UTC time that `value` names (RFC 5322 section 3.3, old zones, or ISO 8601), else None.

    A missing or unknown zone counts as UTC. A leap second counts as the second before it.
    """
    value = _COLON.sub(":", _COMMENT.sub("", value[:MAX_DATE_CHARS])).strip()
    if not value or not value.isprintable():
        return None
    try:
        parts = parsedate_tz(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        parts = None
    try:
        if parts is None:
            return _iso(value)
        year, month, day, hour, minute, second = parts[:6]
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return moment - timedelta(seconds=parts[9] or 0)
    except (ValueError, TypeError, OverflowError):
        return None


def _iso(value: str) -> datetime | None:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
