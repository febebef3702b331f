"""Masks personal data before a text leaves the machine: e-mail addresses, phone numbers, bank cards and accounts.

Each becomes a placeholder such as `[EMAIL_1]`, so that an answer can carry it back. Names, postal addresses and order
numbers stay: what is written of them has no form that a rule could tell. A number that could be a card or an account
is told by its check digits (Luhn; ISO 13616 with ISO 7064 MOD 97-10) and length, a phone number by the ways people
write one. Where a number may be either, it is masked, unless it reads as a date or follows a word such as "order".
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from postroom.guard.phone_numbers import phone_spans

Span = tuple[int, int]

# Between the groups of a number people write blanks of all widths, hyphens and dots; invisible ones hide it.
_GAP = r"[ \t\u00a0\u2000-\u200f\u2010-\u2015\u202f\u2060\ufeff.\-]{0,2}"
_PLACEHOLDER = re.compile(r"\[(?:EMAIL|IBAN|CARD|PHONE|MARK)_\d+\]")
_NAME = r"[^\s@＠<>()\[\]{}\"',;:|\\/=]"
_EMAIL = re.compile(rf"(?:mailto:)?(?:{_NAME}|'){{1,320}}[@＠]{_NAME}{{0,250}}[^\W_](?![^\W_])")
_HIDDEN_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s{0,2}[\[({]\s?(?:at|ät|@|arroba|chez)\s?[\])}]\s{0,2}[\w-]{1,63}"
    r"(?:\s{0,2}(?:\.|[\[({]\s?(?:dot|punkt|point|punto|punt)\s?[\])}])\s{0,2}[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}{_GAP}\d{_GAP}\d(?:{_GAP}[A-Za-z0-9]){{11,40}}")
_DIGITS = re.compile(rf"\d(?:{_GAP}\d)*")
_GROUP = re.compile(r"\d+")
# The IBAN registry of SWIFT (ISO 13616-2): how many characters an account number of each country has.
_IBANS_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {country: length for length, listed in _IBANS_BY_LENGTH.items() for country in listed.split()}
_CARD_LENGTHS = range(13, 20)  # ISO/IEC 7812 allows 8 to 19; no scheme in use issues fewer than 13.
_MOST_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedTexts:
    """Texts without personal data, and what stands behind each placeholder of all of them."""

    texts: tuple[str, ...]
    originals: Mapping[str, str]

    def unmask(self, text: str) -> str:
        """Return `text` with each known placeholder replaced by what it stands for; others stay."""
        return _PLACEHOLDER.sub(lambda found: self.originals.get(found.group(), found.group()), text)


def mask(texts: Sequence[str]) -> MaskedTexts:
    """Return `texts` masked; the same address or number has the same placeholder in all of them.

    What looks like a placeholder beforehand is replaced by one, too, so that nobody can smuggle one in.
    """
    originals: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}

    def placeholder(kind: str, original: str) -> str:
        if (kind, original) not in names:
            number = 1 + sum(known == kind for known, _ in names)
            names[kind, original] = f"[{kind}_{number}]"
            originals[names[kind, original]] = original
        return names[kind, original]

    return MaskedTexts(texts=tuple(_masked(text, placeholder) for text in texts), originals=originals)


def personal_spans(text: str) -> list[tuple[str, Span]]:
    """Return what would be masked in `text`: kind and place, in order, without overlaps."""
    taken = [found.span() for found in _PLACEHOLDER.finditer(text)]
    found: list[tuple[str, Span]] = []
    for kind, detect in _DETECTORS:
        for span in detect(text):
            if all(span[1] <= start or end <= span[0] for start, end in taken):
                taken.append(span)
                found.append((kind, span))
    return sorted(found, key=lambda one: one[1])


def _masked(text: str, placeholder: Callable[[str, str], str]) -> str:
    text = _PLACEHOLDER.sub(lambda found: placeholder("MARK", found.group()), text)
    # What is left beside a masked number may be one by itself.
    while spans := personal_spans(text):
        parts: list[str] = []
        at = 0
        for kind, (start, end) in spans:
            parts += [text[at:start], placeholder(kind, text[start:end])]
            at = end
        text = "".join([*parts, text[at:]])
    return text


def _email_spans(text: str) -> Iterator[Span]:
    for pattern in (_EMAIL, _HIDDEN_EMAIL):
        yield from (found.span() for found in pattern.finditer(text))


def _iban_spans(text: str) -> Iterator[Span]:
    at = 0
    while (found := _IBAN.search(text, at)) is not None:
        length = _iban_length(found.group())
        if length:
            yield found.start(), found.start() + length
        at = found.start() + (length or 1)


def _iban_length(written: str) -> int:
    """Return how many characters of `written`, gaps too, are an account number; 0 for none."""
    count = _IBAN_LENGTHS.get(written[:2].upper(), 0)
    places = [at for at, sign in enumerate(written) if sign.isalnum()][:count]
    if not count or len(places) < count:
        return 0
    return places[-1] + 1 if _is_iban("".join(written[at] for at in places)) else 0


def _is_iban(compact: str) -> bool:
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _card_spans(text: str) -> Iterator[Span]:
    for run in _DIGITS.finditer(text):
        groups = [found.span() for found in _GROUP.finditer(text, *run.span())][:_MOST_GROUPS]
        at = 0
        while at < len(groups):
            taken = _card_groups(text, groups[at:])
            if taken:
                yield groups[at][0], groups[at + taken - 1][1]
            at += taken or 1


def _card_groups(text: str, groups: Sequence[Span]) -> int:
    """Return how many of the first groups are a card number together, as many as possible; 0 for none."""
    digits, best = "", 0
    for count, (start, end) in enumerate(groups, start=1):
        digits += text[start:end]
        if len(digits) > _CARD_LENGTHS[-1]:
            break
        if len(digits) in _CARD_LENGTHS and _passes_luhn(digits):
            best = count
    return best


def _passes_luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1 annex B); rows of one digit are no cards."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


_DETECTORS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("EMAIL", _email_spans),
    ("IBAN", _iban_spans),
    ("CARD", _card_spans),
    ("PHONE", phone_spans),
)
