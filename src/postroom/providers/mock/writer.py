"""Who writes a mail: name, address, habits, and the mail program that shapes its bytes."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.phrases import Phrases

_DOMAINS = (
    *("example.com", "example.org", "example.net", "briefpost.example", "mailnord.example", "postfach.example"),
    *("courriel.example", "correo.example", "postino.example", "fastpost.example", "inbox-west.example"),
)
_ASCII = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "'": "", " ": ""})


class Habit(StrEnum):
    """How somebody types."""

    TIDY = "tidy"
    HASTY = "hasty"
    LOWER_CASE = "lower_case"


class Program(StrEnum):
    """What the mail was written with."""

    WEBMAIL = "webmail"
    OFFICE = "office"
    PHONE = "phone"
    FLOWED = "flowed"
    OLD_PLAIN = "old_plain"
    PORTAL_HTML = "portal_html"


_HABITS = ((Habit.TIDY, 0.68), (Habit.HASTY, 0.18), (Habit.LOWER_CASE, 0.14))
_PROGRAMS = (
    (Program.WEBMAIL, 0.3),
    (Program.OFFICE, 0.17),
    (Program.PHONE, 0.22),
    (Program.FLOWED, 0.11),
    (Program.OLD_PLAIN, 0.11),
    (Program.PORTAL_HTML, 0.09),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typist:
    """A person at a keyboard; `written_at` has the zone of the keyboard."""

    name: str
    address: str
    informal: bool
    habit: Habit
    program: Program
    written_at: datetime

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return self.address.partition("@")[2]


def writer(words: Phrases, dice: Dice, received_at: datetime) -> Typist:
    """Return somebody who writes in the language of `words`, some seconds before `received_at`."""
    first, last = dice.pick(words.nouns["first"]), dice.pick(words.nouns["last"])
    return Typist(
        name=first if dice.chance(0.06) else f"{first} {last}",
        address=_address(first, last, dice),
        informal=dice.chance(0.35),
        habit=dice.weighted(_HABITS),
        program=dice.weighted(_PROGRAMS),
        written_at=local(received_at - timedelta(seconds=dice.between(2, 90)), words.language),
    )


def local(moment: datetime, language: str) -> datetime:
    """Return `moment` (UTC) on the clock of where `language` is mostly written, rounded down to seconds."""
    summer = 1 if 4 <= moment.month <= 10 else 0
    hours = summer if language == "en" else 1 + summer
    return moment.replace(microsecond=0).astimezone(timezone(timedelta(hours=hours)))


def _address(first: str, last: str, dice: Dice) -> str:
    given, family = _ascii(first), _ascii(last)
    shape = dice.between(0, 4)
    if shape == 0:
        local_part = f"{given}.{family}"
    elif shape == 1:
        local_part = f"{given[0]}{family}{dice.between(60, 99)}"
    elif shape == 2:
        local_part = f"{family}.{given}"
    elif shape == 3:
        local_part = f"{given}{dice.digits(3)}"
    else:
        local_part = f"{given}_{family}{dice.between(1, 40)}"
    return f"{local_part}@{dice.pick(_DOMAINS)}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().translate(_ASCII))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
