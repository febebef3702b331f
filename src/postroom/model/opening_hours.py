"""Opening hours: when somebody is there to look after a mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """A stretch of one weekday (0 is Monday), from `opens` up to, not including, `closes`, both local."""

    weekday: int
    opens: time
    closes: time


def is_open(hours: Sequence[OpeningHours], at: datetime, *, time_zone: str) -> bool:
    """Return whether `at` (with a time zone) lies within `hours` as the clocks of `time_zone` show it.

    Without any hours it is always open.
    """
    local = at.astimezone(ZoneInfo(time_zone))
    clock = local.time().replace(tzinfo=None)
    return not hours or any(one.weekday == local.weekday() and one.opens <= clock < one.closes for one in hours)
