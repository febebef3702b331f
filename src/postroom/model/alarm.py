"""An alarm: something is wrong until somebody or something clears it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong and what to do, raised once per `key` while it is open; `told_at` is when people were told.

    `text` holds no text of mail. Times are UTC.
    """

    key: str
    title: str
    text: str
    raised_at: datetime
    told_at: datetime | None = None
    cleared_at: datetime | None = None
