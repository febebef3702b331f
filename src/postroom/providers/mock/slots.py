"""What fills the slots of the phrases: products, numbers, dates, people; the same slot says the same within a mail."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from postroom.providers.mock.dice import Dice

_NOUN_SLOTS = (
    *("first", "last", "place", "series", "care", "device", "person", "event", "country", "carrier", "company"),
    *("defect", "wrongcolour", "fault", "want", "weeks"),
)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSource:
    """What slots are drawn from: a language's nouns, its way to write a date, and who writes when."""

    nouns: Mapping[str, tuple[str, ...]]
    date_pattern: str
    decimal_mark: str
    name: str
    address: str
    written_at: datetime


class DrawnSlots(Mapping[str, str]):
    """Draws a slot when it is first asked for and keeps it."""

    def __init__(self, source: SlotSource, dice: Dice, fixed: Mapping[str, str] | None = None) -> None:
        self.source = source
        self.dice = dice
        self._drawn: dict[str, str] = {"me": source.name, "sender": source.name, "address": source.address}
        if fixed:
            self._drawn.update(fixed)

    def __getitem__(self, name: str) -> str:
        drawn = self._drawn.get(name)
        if drawn is None:
            drawn = self._draw(name)
            self._drawn[name] = drawn
        return drawn

    def __iter__(self) -> Iterator[str]:
        return iter(SLOT_NAMES)

    def __len__(self) -> int:
        return len(SLOT_NAMES)

    def used(self, name: str) -> bool:
        """Return whether `name` was drawn already."""
        return name in self._drawn

    def fresh(self) -> "DrawnSlots":
        """Return new slots of the same writer, for sentences about something else."""
        return DrawnSlots(self.source, self.dice)

    def noun(self, name: str) -> str:
        """Return one of the language's words for `name`."""
        return self.dice.pick(self.source.nouns[name])

    def _draw(self, name: str) -> str:
        return self.noun(name) if name in _NOUN_SLOTS else _DRAWERS[name](self)


def in_words(moment: datetime, source: SlotSource) -> str:
    """Return the day of `moment` as `source`'s language writes it, as "4 March"."""
    return source.date_pattern.format(d=moment.day, month=source.nouns["month"][moment.month - 1])


def _product(slots: DrawnSlots) -> str:
    noun = slots.dice.pick(slots.source.nouns["p"])
    return f"{noun} {slots.dice.pick(slots.source.nouns['series'])}" if slots.dice.chance(0.6) else noun


def _other_product(slots: DrawnSlots) -> str:
    nouns = slots.source.nouns["p"]
    start = slots.dice.between(0, len(nouns) - 1)
    wanted = slots["p"]
    return next(noun for noun in (*nouns[start:], *nouns[:start]) if not wanted.startswith(noun))


def _order(slots: DrawnSlots) -> str:
    shape = slots.dice.between(0, 3)
    if shape == 0:
        return f"LH-{slots.dice.digits(6)}"
    if shape == 1:
        return f"LH{slots.dice.digits(7)}"
    return f"{slots.source.written_at.year}-{slots.dice.digits(6)}" if shape == 2 else f"#{slots.dice.digits(6)}"


def _past(slots: DrawnSlots) -> str:
    return in_words(slots.source.written_at - timedelta(days=slots.dice.between(3, 21)), slots.source)


def _future(slots: DrawnSlots) -> str:
    return in_words(slots.source.written_at + timedelta(days=slots.dice.between(2, 40)), slots.source)


def _day(slots: DrawnSlots) -> str:
    return slots.source.nouns["day"][(slots.source.written_at.weekday() - slots.dice.between(1, 6)) % 7]


def _month(slots: DrawnSlots) -> str:
    return slots.source.nouns["month"][(slots.source.written_at.month - 1 - slots.dice.between(2, 8)) % 12]


def _hour(slots: DrawnSlots) -> str:
    return f"{slots.dice.between(8, 21)}:{slots.dice.pick(('00', '10', '15', '20', '30', '40', '45', '50'))}"


def _amount(slots: DrawnSlots) -> str:
    return _money(slots.dice.between(14, 389), slots)


def _higher_amount(slots: DrawnSlots) -> str:
    return _money(slots.dice.between(395, 690), slots)


def _money(euros: int, slots: DrawnSlots) -> str:
    cents = slots.dice.pick(("00", "50", "90", "95", "99"))
    exact = f"{euros}{slots.source.decimal_mark}{cents}"
    return slots.dice.pick((f"{exact} €", f"{euros} €", f"{exact} EUR", f"EUR {exact}"))


def _code(slots: DrawnSlots) -> str:
    return f"{''.join(slots.dice.pick(_LETTERS) for _ in range(4))}{slots.dice.digits(2)}"


def _mail_address(slots: DrawnSlots) -> str:
    local = slots.source.address.partition("@")[0]
    domain = slots.dice.pick(("example.com", "example.net", "example.org", "briefpost.example"))
    return f"{local}{slots.dice.digits(2)}@{domain}"


_DRAWERS: dict[str, Callable[[DrawnSlots], str]] = {
    "p": _product,
    "wrong": _other_product,
    "order": _order,
    "date": _past,
    "date2": _future,
    "day": _day,
    "month": _month,
    "oldyear": lambda slots: str(slots.source.written_at.year - slots.dice.between(1, 7)),
    "hour": _hour,
    "days": lambda slots: str(slots.dice.between(3, 9)),
    "amount": _amount,
    "amount2": _higher_amount,
    "street": lambda slots: f"{slots.noun('street')} {slots.dice.between(1, 148)}",
    "tracking": lambda slots: f"{slots.dice.pick(('JD', 'RX', '00340', 'CH'))}{slots.dice.digits(9)}",
    "vat": lambda slots: f"{slots.dice.pick(('DE', 'FR', 'ESB', 'IT', 'NL', 'GB'))}{slots.dice.digits(9)}",
    "code": _code,
    "oldmail": _mail_address,
    "newmail": _mail_address,
    "count": lambda slots: str(slots.dice.between(4, 60) * 10),
    "points": lambda slots: str(slots.dice.between(120, 4900)),
    "errno": lambda slots: str(slots.dice.pick((403, 404, 500, 502, 503, 1020))),
    "colleague": lambda slots: f"{slots.noun('first')} {slots.noun('last')}",
}

SLOT_NAMES = frozenset((*_NOUN_SLOTS, *_DRAWERS, "me", "sender", "address"))
