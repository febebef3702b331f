"""Masks personal data before a text leaves the machine: e-mail addresses, phone numbers, bank cards and accounts.

Each becomes a placeholder such as `[EMAIL_1]`, so that an answer can carry it back. Names, postal addresses and order
numbers stay: what is written of them has no form that a rule could tell. A number that could be a card or an account
is told by its check digits (Luhn; ISO 13616 with ISO 7064 MOD 97-10) and length, a phone number by the ways people
write one. Where a number may be either, it is masked, unless it reads as a date or follows a word such as "order".
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from postroom.guard.phone_numbers import phone_spans

Span = tuple[int, int]

# Between the groups of a number people write blanks of all widths, line ends and a sign; invisible ones hide it.
_GAP = r"[\s\u200b-\u200f\u2010-\u2015\u2060\ufeff_/.\-]{0,3}"
# So far apart stand also two numbers that have nothing to do with each other.
_FAR = re.compile(r"[\s\u200b-\u200f\u2010-\u2015\u2060\ufeff.\-]{3}|[_/\n\r\f\v\x1c-\x1f\x85\u2028\u2029]")
_DATE_OR_PRICE = re.compile(
    r"(?<!\d)(?<!\d[.,/\-])(?:\d{1,2}([./\-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([./\-])\d{1,2}\2\d{1,2}"
    r"|\d{1,3}(?:[. ]\d{3}){0,3}[.,]\d{2})(?![.,/\-]?\d)"
)
_PLACEHOLDER = re.compile(r"\[(?:EMAIL|IBAN|CARD|PHONE|MARK)_\d+\]")
# The patterns of addresses begin at the first sign of a word only and give nothing back, so they read a text once.
_NAME = r"[^\s@＠<>()\[\]{}\",;:|\\/=]"
_EMAIL = re.compile(rf"(?:mailto:)?(?<!{_NAME}){_NAME}++[@＠](?:(?!'){_NAME})*[^\W_](?![^\W_])")
_WORD_START = r"(?<![\w.+\-])"
_BOX = r"[\w.+\-]++"
_HIDDEN_EMAIL = re.compile(
    rf"{_WORD_START}{_BOX}\s{{0,2}}[\[({{]\s?(?:at|ät|@|arroba|chez)\s?[\])}}]\s{{0,2}}[\w-]{{1,63}}+"
    r"(?:\s{0,2}(?:\.|[\[({]\s?(?:dot|punkt|point|punto|punt)\s?[\])}])\s{0,2}[\w-]{1,63}+){1,4}",
    re.IGNORECASE,
)
# "I looked at example.org" names no box, "at home.Thanks" no domain, "at 5.pm" no host.
_SPOKEN_EMAIL = re.compile(
    rf"{_WORD_START}(?!(?:am|is|are|was|were|be|me|you|us|it|them|look\w*|order\w*|bought|buy|shop\w*|pa(?:y|id)|\d+)\s)"
    rf"{_BOX}"
    r"(?:\s{1,3}(?:at|ät|arroba)\s{1,3}|[^\S\r\n]{0,3}[@＠][^\S\r\n]{0,3})"
    r"(?=[\w-]*[^\W\d_])[\w-]{1,63}+(?:(?:\.|\s{1,3}(?:dot|punkt)\s{1,3})[\w-]{1,63}+){0,3}?"
    r"(?:\.|\s{1,3}(?:dot|punkt)\s{1,3})(?-i:[a-z]{2,24}|[A-Z]{2,24})(?![\w@/-]|\.\w)",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}{_GAP}\d{_GAP}\d(?:{_GAP}[A-Za-z0-9]){{11,40}}")
_NO_SIGN = re.compile(r"[\W_]+")
_SIGN = re.compile(r"[^\W_]")
_DIGITS = re.compile(rf"\d(?:{_GAP}\d)*+")
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
_LETTERS = {ord("A") + place: str(10 + place) for place in range(26)}
_MOST_PASSES = 8  # Mail that people write needs two; what needs more was made to keep this machine busy.


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
    counts = Counter[str]()

    def placeholder(kind: str, original: str) -> str:
        if (kind, original) not in names:
            counts[kind] += 1
            names[kind, original] = f"[{kind}_{counts[kind]}]"
            originals[names[kind, original]] = original
        return names[kind, original]

    return MaskedTexts(texts=tuple(_masked(text, placeholder) for text in texts), originals=originals)


def personal_spans(text: str) -> list[tuple[str, Span]]:
    """Return what would be masked in `text`: kind and place, in order, without overlaps.

    Of two that overlap the second keeps its rest: who cuts a number short shows the other half.
    """
    taken = bytearray(len(text))
    for found in _PLACEHOLDER.finditer(text):
        taken[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    spans: list[tuple[str, Span]] = []
    for kind, detect in _DETECTORS:
        for start, end in detect(text):
            spans += [(kind, piece) for piece in _free(text, taken, start, end)]
            taken[start:end] = b"\1" * (end - start)
    return sorted(spans, key=lambda one: one[1])


def _free(text: str, taken: bytearray, start: int, end: int) -> Iterator[Span]:
    """Yield the parts of a place that nothing has taken, save where they are gaps."""
    while (start := taken.find(0, start, end)) >= 0:
        until = taken.find(1, start, end)
        until = end if until < 0 else until
        if _SIGN.search(text, start, until):
            yield start, until
        start = until


def _masked(written: str, placeholder: Callable[[str, str], str]) -> str:
    text = _PLACEHOLDER.sub(lambda found: placeholder("MARK", found.group()), written)
    # What is left beside a masked number may be one by itself.
    for _ in range(_MOST_PASSES):
        spans = personal_spans(text)
        if not spans:
            return text
        parts: list[str] = []
        at = 0
        for kind, (start, end) in spans:
            parts += [text[at:start], placeholder(kind, text[start:end])]
            at = end
        text = "".join([*parts, text[at:]])
    return placeholder("MARK", written)


def _email_spans(text: str) -> Iterator[Span]:
    for pattern in (_EMAIL, _HIDDEN_EMAIL, _SPOKEN_EMAIL):
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
    compact = _NO_SIGN.sub("", written)[:count] if count else ""
    if not compact or len(compact) < count or not _is_iban(compact):
        return 0
    return [found.end() for found in _SIGN.finditer(written)][count - 1]


def _is_iban(compact: str) -> bool:
    turned = compact[4:] + compact[:4]
    return int(turned.upper().translate(_LETTERS)) % 97 == 1


def _card_spans(text: str) -> Iterator[Span]:
    told = bytearray(len(text))
    for found in _DATE_OR_PRICE.finditer(text):
        told[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    for run in _DIGITS.finditer(text):
        for start, end in _cards([found.span() for found in _GROUP.finditer(text, *run.span())], text):
            if told.find(1, start, end) < 0 or not _FAR.search(text, start, end):
                yield start, end


def _cards(groups: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield what consecutive groups of digits could be a card, from each group on, the longest first.

    Which of two that overlap is the card nothing tells.
    """
    digits = "".join(text[start:end] for start, end in groups)
    luhn = _luhn_sums(digits)
    ends = list(accumulate(end - start for start, end in groups))
    for first, (start, end) in enumerate(groups):
        begin = ends[first] - (end - start)
        shortest = bisect_left(ends, begin + _CARD_LENGTHS[0], first)
        for last in range(bisect_left(ends, begin + _CARD_LENGTHS[-1] + 1, shortest) - 1, shortest - 1, -1):
            sums = luhn[ends[last] % 2]
            # Rows of one digit are no cards.
            if (sums[ends[last]] - sums[begin]) % 10 == 0 and len(set(digits[begin : ends[last]])) > 1:
                yield start, groups[last][1]


def _luhn_sums(digits: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return the sums of all beginnings of `digits`, every second digit doubled (ISO/IEC 7812-1 annex B).

    In the first the digits at even places are doubled, in the second those at odd ones: the last digit of a number
    stands as it is, so a number that ends before an even place has its sum in the first.
    """
    plain = [int(sign) for sign in digits]
    doubled = [value * 2 - 9 if value > 4 else value * 2 for value in plain]
    even = accumulate((doubled[at] if at % 2 == 0 else plain[at] for at in range(len(plain))), initial=0)
    odd = accumulate((plain[at] if at % 2 == 0 else doubled[at] for at in range(len(plain))), initial=0)
    return list(even), list(odd)


_DETECTORS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("EMAIL", _email_spans),
    ("IBAN", _iban_spans),
    ("CARD", _card_spans),
    ("PHONE", phone_spans),
)
