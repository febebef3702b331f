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

    `results` counts e-mails by what their newest execution that is no dry run came to: its final state, or its status
    while it is under way; `categories` counts them by the category of that execution. Neither history nor uploads count
    anywhere. `answered_automatically` and `answered_by_person` count e-mails by who gave their first sent reply;
    `ignored` those without any whose newest execution left them alone as written by a machine. The first reply counts
    from receipt to the server's acceptance; its quantiles (seconds) are None without any.
    """

    since: datetime
    until: datetime
    received: int
    results: Mapping[str, int]
    answered_automatically: int
    answered_by_person: int
    first_reply_p50_seconds: float | None
    first_reply_p95_seconds: float | None
    ignored: int = 0
    categories: Mapping[str, int] = field(default_factory=dict)
    days: tuple[DayVolume, ...] = ()

    @property
    def automation_rate(self) -> float | None:
        """The share (0..1) answered automatically, of the e-mails received that were not ignored; None: none."""
        wanted = self.received - self.ignored
        return self.answered_automatically / wanted if wanted > 0 else None
