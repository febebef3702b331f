"""Opening hours as people write them: `mon-fri 09:00-17:00`."""

import re
from collections.abc import Sequence
from datetime import time

from postroom.errors import InputError
from postroom.model.opening_hours import OpeningHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A day has no 24:00 in Python: the last moment before it stands for it.
END_OF_DAY = time.max
_HINT = "Write them as: mon-fri 09:00-17:00, or sat,sun 10:00-14:00; 24:00 is midnight at the end of a day."
_HOURS = re.compile(r"([a-z,-]+)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def read_hours(texts: Sequence[str]) -> tuple[OpeningHours, ...]:
    """Return the opening hours that `texts` say, by weekday; hours past midnight are parted at midnight.

    Raises:
        InputError: one of them cannot be read.
    """
    found = {one for text in texts for one in _read(text)}
    return tuple(sorted(found, key=lambda one: (one.weekday, one.opens, one.closes)))


def write_hours(hours: Sequence[OpeningHours]) -> tuple[str, ...]:
    """Return opening hours as people write them, the days with the same hours together."""
    by_hours: dict[tuple[time, time], list[int]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_hours.setdefault((one.opens, one.closes), []).append(one.weekday)
    return tuple(
        f"{','.join(_runs(days))} {opens:%H:%M}-{'24:00' if closes == END_OF_DAY else f'{closes:%H:%M}'}"
        for (opens, closes), days in by_hours.items()
    )


def _read(text: str) -> list[OpeningHours]:
    match = _HOURS.fullmatch(text.strip().lower())
    if match is None:
        raise InputError(f"{text!r} are no opening hours.", hint=_HINT)
    days = _days(match[1], text)
    opens, closes = _time(match[2], match[3], text), _time(match[4], match[5], text)
    if opens in (closes, END_OF_DAY):
        raise InputError(f"{text!r} are no opening hours: they end where they begin.", hint=_HINT)
    if opens < closes:
        return [OpeningHours(weekday=day, opens=opens, closes=closes) for day in days]
    evenings = [OpeningHours(weekday=day, opens=opens, closes=END_OF_DAY) for day in days]
    if closes == time.min:
        return evenings
    return evenings + [OpeningHours(weekday=(day + 1) % 7, opens=time.min, closes=closes) for day in days]


def _days(text: str, whole: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        last = last or first
        if first not in DAYS or last not in DAYS:
            raise InputError(f"{whole!r} are no opening hours: {part!r} is no day.", hint=_HINT)
        start, length = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7
        found += [(start + step) % 7 for step in range(length + 1)]
    return found


def _time(hour: str, minute: str, whole: str) -> time:
    if (int(hour), int(minute)) == (24, 0):
        return END_OF_DAY
    try:
        return time(int(hour), int(minute))
    except ValueError as error:
        raise InputError(f"{whole!r} are no opening hours: {hour}:{minute} is no time.", hint=_HINT) from error


def _runs(days: Sequence[int]) -> list[str]:
    """Return days as words, those that follow each other as `mon-fri`."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] + 1 == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs]
