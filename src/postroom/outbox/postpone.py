"""When a reply that could not be handed over yet is tried again. Pure."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
TURN_WAIT = timedelta(seconds=15)
"""Until a reply is tried again for which no connection was free: other replies end within seconds."""

LONGEST_WAIT = timedelta(hours=1)
# RFC 5321 section 4.5.4.1 lets a sender give up after four to five days; a customer would not wait that long for help.
GIVEN_UP_AFTER = timedelta(hours=48)


def next_try(begun_at: datetime, now: datetime) -> datetime | None:
    """Return when a reply that is tried since `begun_at` is tried again, None where a person must look at it now.

    The waits grow with that time: half of it, at least a minute and at most an hour.
    """
    age = now - begun_at
    if age >= GIVEN_UP_AFTER:
        return None
    return now + min(max(age / 2, FIRST_WAIT), LONGEST_WAIT)
