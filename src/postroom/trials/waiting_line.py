"""How long customers wait for a first substantive reply, with and without automatic answers: a queue, simulated. Pure.

People work Monday to Friday from 9 to 17, take the next mail (urgent ones first, then the oldest) and need a while for
each, drawn from a log-normal distribution; they answer everything rightly. Mail arrives at all hours, most of it by
day. An automatic answer that is right counts at once; a wrong one is no answer: the customer writes again two hours
later and waits from the first mail on.
"""

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OPENS_HOUR, CLOSES_HOUR = 9, 17
# The share of a day's mail in each hour from 0 to 23: an assumption, with its peak before noon and a lull at night.
_BY_HOUR = (1, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 7, 7, 8, 7, 6, 5, 4, 3, 3, 2, 2, 1)
_WEEKEND = 0.4  # A Saturday's or Sunday's mail against a weekday's.
_SPREAD = 0.6  # Of the logarithm of a person's minutes for a mail.
_AGAIN = timedelta(hours=2)
_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLetter:
    """A mail that wants an answer: when it came, whether it is urgent, and what the machine made of it.

    `answered` means that it was answered by itself, `right` that this answer was the right one.
    """

    at: datetime
    urgent: bool
    answered: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who answers: how many people, and the minutes each mail takes them on average."""

    people: int
    minutes_per_answer: float


def arrivals(count: int, *, days: int, seed: int) -> tuple[datetime, ...]:
    """Return `count` times in `days` days from a Monday on, in order; most of them by day and in the week."""
    dice = random.Random(seed)
    weights = [_WEEKEND if day % 7 >= 5 else 1.0 for day in range(days)]
    chosen = [
        _MONDAY + timedelta(days=day, hours=dice.choices(range(24), _BY_HOUR)[0], seconds=dice.uniform(0, 3600))
        for day in dice.choices(range(days), weights, k=count)
    ]
    return tuple(sorted(chosen))


def waits(letters: Sequence[WaitingLetter], staff: Staff, *, at_once_seconds: float, seed: int) -> tuple[float, ...]:
    """Return the seconds to the first substantive reply to each of `letters` (in order of `at`), in their order.

    Letters that were not answered by the machine, or wrongly, wait for a person. Equal seeds give a letter the same
    minutes of work in every run, whoever else waits.
    """
    dice = random.Random(seed)
    mean = math.log(staff.minutes_per_answer) - _SPREAD**2 / 2
    minutes = [dice.lognormvariate(mean, _SPREAD) for _ in letters]
    found = [at_once_seconds] * len(letters)
    coming = sorted(
        (letter.at + (_AGAIN if letter.answered else timedelta(0)), place)
        for place, letter in enumerate(letters)
        if not (letter.answered and letter.right)
    )
    free = [opening(_MONDAY)] * staff.people
    heapq.heapify(free)
    line: list[tuple[bool, datetime, int]] = []
    begun = 0
    while begun < len(coming) or line:
        now = heapq.heappop(free)
        if not line and begun < len(coming):
            now = max(now, coming[begun][0])
        now = opening(now)
        while begun < len(coming) and coming[begun][0] <= now:
            came, place = coming[begun]
            heapq.heappush(line, (not letters[place].urgent, came, place))
            begun += 1
        place = heapq.heappop(line)[2]
        done = _after_work(now, timedelta(minutes=minutes[place]))
        found[place] = (done - letters[place].at).total_seconds()
        heapq.heappush(free, done)
    return tuple(found)


def opening(moment: datetime) -> datetime:
    """Return `moment` where somebody is at work then, else the next opening."""
    day = moment.replace(hour=OPENS_HOUR, minute=0, second=0, microsecond=0)
    if moment.weekday() < 5 and moment < day.replace(hour=CLOSES_HOUR):
        return max(moment, day)
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _after_work(begin: datetime, work: timedelta) -> datetime:
    """Return when `work` begun at `begin` (in working hours) is done; what is not done at closing goes on next day."""
    left = begin.replace(hour=CLOSES_HOUR, minute=0, second=0, microsecond=0) - begin
    return begin + work if work <= left else opening(begin + left) + (work - left)
