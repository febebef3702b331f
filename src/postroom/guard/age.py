"""How old an e-mail is."""

from datetime import datetime, timedelta

from postroom.model.email import Email


def age(email: Email, *, received_at: datetime, now: datetime) -> timedelta:
    """Return how long ago `email` was on its way, by the earliest time that is told of it; never below zero.

    Its own date can only make it older, so a date in the future changes nothing.
    """
    told = [moment for moment in (received_at, email.date, email.handed_over_at) if moment is not None]
    return max(now - min(told), timedelta(0))


def is_too_old(email: Email, *, received_at: datetime, now: datetime, within_hours: float) -> bool:
    """Whether `email` is older than `within_hours`."""
    return age(email, received_at=received_at, now=now).total_seconds() > within_hours * 3600
