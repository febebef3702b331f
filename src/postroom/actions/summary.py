"""The summary of a stretch of time, with what waits for people now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from postroom.errors import InputError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.summary import Backlog, Summary

DAYS = 7
MAX_DAYS = 366
YEARS = range(1970, 9000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a summary is asked for: since when, until when (not included), of which mailbox; None leaves it open."""

    since: datetime | None = None
    until: datetime | None = None
    mailbox_id: MailboxId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryNow:
    """A summary and the questions to people that are open now."""

    summary: Summary
    backlog: Backlog


async def summary_of(stores: Stores, clock: Clock, stretch: Stretch) -> SummaryNow:
    """Return the figures of a stretch of time: up to now, of seven days, where it is left open.

    Raises:
        InputError: it ends before it begins, is longer than 366 days, or lies outside the years that can be stored.
    """
    until = _utc(stretch.until) if stretch.until is not None else clock.now()
    since = _utc(stretch.since) if stretch.since is not None else until - timedelta(days=DAYS)
    if not timedelta(0) < until - since <= timedelta(days=MAX_DAYS):
        raise InputError(
            f"A summary from {since:%Y-%m-%d} until {until:%Y-%m-%d} is not possible.",
            hint=f"Let it begin before it ends, and be {MAX_DAYS} days long at most.",
        )
    return SummaryNow(
        summary=await stores.figures.summary(since=since, until=until, mailbox_id=stretch.mailbox_id),
        backlog=await stores.figures.backlog(),
    )


def _utc(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise InputError(f"The year {at.year} cannot be stored.", hint=f"Choose one of {YEARS[0]} to {YEARS[-1]}.")
    # Another time zone can move the last hours of 1969 into it, nothing beyond what a date can hold.
    return at.astimezone(UTC)
