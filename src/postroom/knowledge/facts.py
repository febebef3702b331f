"""The hard facts of a text: links, addresses, and numbers with what they count. None may appear from nowhere."""

import re
import unicodedata
from dataclasses import dataclass

from postroom.knowledge.words import folded_words, stem

_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,12}://|www\.)\S+|(?<![\w@.])(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?(?![\w@])", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")
_MONEY_WORDS = r"€|\$|£|¥|EUR|USD|GBP|CHF|euros?|dollars?|pounds?"
_NUMBER = re.compile(
    rf"(?P<before>(?:{_MONEY_WORDS})\s?)?(?P<number>\d+(?:[.,:/\-]\d+)*)(?P<percent>\s?[%‰])?"
    r"(?:[\s\-]{1,2}(?P<after>€|\$|£|¥|[^\W\d_]+)|(?P<tight>€|\$|£|¥|[^\W\d_]+))?",
    re.IGNORECASE,
)
_CURRENCIES = {"€": "eur", "euro": "eur", "euros": "eur", "$": "usd", "dollar": "usd", "dollars": "usd"}
_CURRENCIES |= {"£": "gbp", "pound": "gbp", "pounds": "gbp", "¥": "jpy", "eur": "eur", "usd": "usd", "gbp": "gbp"}
_END_MARKS = ".,;:!?)]}\"'»“”’"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`links` (web and mail addresses), `numbers` alone, and `counted`: numbers with the stem of what they count."""

    links: frozenset[str]
    numbers: frozenset[str]
    counted: frozenset[tuple[str, str]]


def facts(text: str, language: str) -> Facts:
    """Return the facts of `text`, in one form for all ways to write the same digits, currencies and addresses."""
    plain = unicodedata.normalize("NFKC", text)
    links = {found.group().rstrip(_END_MARKS).casefold() for found in _ADDRESS.finditer(plain)}
    rest = _ADDRESS.sub(" ", plain)
    links |= {found.group().rstrip(_END_MARKS).casefold() for found in _LINK.finditer(rest)}
    numbers: set[str] = set()
    counted: set[tuple[str, str]] = set()
    for found in _NUMBER.finditer(_LINK.sub(" ", rest)):
        number = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in found["number"])
        numbers.add(number)
        unit = _unit(found, language)
        if unit:
            counted.add((number, unit))
    return Facts(links=frozenset(links), numbers=frozenset(numbers), counted=frozenset(counted))


def _unit(found: re.Match[str], language: str) -> str:
    if found["percent"]:
        return "%"
    for word in (found["before"], found["tight"], found["after"]):
        currency = _CURRENCIES.get((word or "").strip().casefold())
        if currency:
            return currency
    following = folded_words(found["after"] or found["tight"] or "", language)
    return stem(following[0], language) if following else ""
