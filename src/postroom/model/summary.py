"""A summary: the figures of a stretch of time, which say how well the mail is being answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVolume:
    """One day (UTC): e-mails received, and of those the ones whose first reply a machine or a person gave so far."""

    day: date
    received: int
    answered_automatically: int
    answered_by_person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The questions to people now: how many are open or claimed, how many of them urgent, and since when the oldest."""

    undecided: int
    urgent: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The e-mails received from `since` up to, not including, `until` (UTC), and what became of them so far.

    `results` counts executions by final state (those under way: by status); history and dry runs do not count.
    `answered_automatically` and `answered_by_person` count e-mails by who gave their first sent reply. The first reply
    counts from receipt to the server's acceptance; its quantiles (seconds) are None without any.
    """

    since: datetime
    until: datetime
    received: int
    results: Mapping[str, int]
    answered_automatically: int
    answered_by_person: int
    first_reply_p50_seconds: float | None
    first_reply_p95_seconds: float | None
    categories: Mapping[str, int] = field(default_factory=dict)
    days: tuple[DayVolume, ...] = ()

    @property
    def automation_rate(self) -> float | None:
        """The share (0..1) answered automatically, of the e-mails received that machines did not write; None: none."""
        wanted = self.received - self.results.get("ignored_automatic", 0)
        return self.answered_automatically / wanted if wanted > 0 else None
