"""How old an e-mail is, and whether it is from before its mailbox was connected."""

from datetime import datetime, timedelta

from postroom.model.email import Email

CLOCKS_DIFFER_BY = timedelta(minutes=15)


def age(email: Email, *, received_at: datetime, now: datetime) -> timedelta:
    """Return how long ago `email` was on its way, by the earliest time that is told of it; never below zero.

    Its own date can only make it older, so a date in the future changes nothing.
    """
    told = [moment for moment in (received_at, email.date, email.handed_over_at) if moment is not None]
    return max(now - min(told), timedelta(0))


def is_too_old(email: Email, *, received_at: datetime, now: datetime, within_hours: float) -> bool:
    """Whether `email` is older than `within_hours`."""
    return age(email, received_at=received_at, now=now).total_seconds() > within_hours * 3600


def is_from_before(received_at: datetime, connected_at: datetime | None) -> bool:
    """Whether mail that a server received at a time is history: surely from before its mailbox was connected.

    The one time is of the server's clock, the other of ours: mail that is older by no more than `CLOCKS_DIFFER_BY` may
    be new and is taken in, for a mail too many that a person sees does less harm than one that nobody ever answers.
    `may_be_from_before` keeps machines from answering it. Never where `connected_at` is None.
    """
    return connected_at is not None and may_be_from_before(received_at, connected_at - CLOCKS_DIFFER_BY)


def may_be_from_before(received_at: datetime, connected_at: datetime | None) -> bool:
    """Whether mail looks older than the connection of its mailbox, if only by a second (None: never).

    Servers tell whole seconds (RFC 3501 section 2.3.3), so what came in the second of the connection does not.
    """
    return connected_at is not None and received_at.replace(microsecond=0) < connected_at.replace(microsecond=0)
