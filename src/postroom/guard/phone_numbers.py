"""Finds phone numbers as people write them, and leaves dates, prices and order numbers alone.

Four ways are known: with a country code (`+49 30 123456`, `0049…`), with the leading 0 of most countries (`030/123456`,
`06 12 34 56 78`), in the American form of 3, 3 and 4 digits, and anything behind a word such as "phone".
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_GAP = r"[ \t\u00a0\u2000-\u200f\u2010-\u2015\u202f\u2060\ufeff.\-/()]{0,3}"
_BEFORE = r"(?<![\w.,/\-])"
# ITU-T E.164 allows 15 digits; fewer than 7 with a country code reach nobody.
_INTERNATIONAL = re.compile(rf"(?<![\w])(?:\+|＋|\(\+|00(?=[ \t\u00a0\-./(]?[1-9]))(?:{_GAP}\d){{7,15}}(?!\d)")
_WITH_ZERO = re.compile(rf"{_BEFORE}\(?0(?!\.\d{{7,}}(?!\d))(?:{_GAP}\d){{7,12}}(?!\d)")
_AMERICAN = re.compile(rf"{_BEFORE}(?:1[ .\-])?(?:\(\d{{3}}\)[ \t]?|\d{{3}}[ .\-])\d{{3}}[ .\-]\d{{4}}(?![\d])")
_TOLD = re.compile(
    r"(?:\b(?:tel|telefon\w*|telephone|téléphone|teléfono|telefono|telefoon\w*|phone|fon|mobile?|mobil\w*|móvil|"
    r"cellulare|portable|handy\w*|gsm|cell|fax|whatsapp|call(?:\s+me)?(?:\s+(?:on|at|back\s+(?:on|at)))?|ruf\w*|"
    r"erreichbar\s+unter)|☎|📞)"
    rf"[\s.:#°º\-]{{0,4}}(?:(?:nr|no|number|nummer|numéro|número|numero|is|ist|est|es|è)[\s.:]{{1,3}})?"
    rf"(?P<number>[+(]?\d(?:{_GAP}\d){{5,14}})(?!\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\(?(?:\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?(?:\d{4}|\d{2})|\d{4}[./\-]\d{1,2}[./\-]\d{1,2})(?!\d)")
_PAIRS = re.compile(r"0\d([. \-])\d\d(?:\1\d\d){3}(?!\d)")
_COUNTED = re.compile(
    r"(?:\b(?:order\w*|bestell\w*|auftrag\w*|commande|pedido|ordine|bestelling\w*|rechnung\w*|invoice\w*|factura|"
    r"facture|fattura|factuur\w*|kunden\w*|customer|client\w*|tracking\w*|sendung\w*|paket\w*|parcel|artikel\w*|"
    r"article|item|sku|ean|isbn|ticket|case|ref\w*|reference|id)|#)"
    r"[\s.:#°º\-]{0,3}(?:(?:nr|no|number|nummer|numéro|número|numero|id|code)[\s.:#°º\-]{0,3})?$",
    re.IGNORECASE,
)
_LOOK_BACK = 40


def phone_spans(text: str) -> Iterator[Span]:
    """Yield the place of each phone number; places may overlap."""
    for found in _INTERNATIONAL.finditer(text):
        if not found.group().startswith("0") or not _is_counted(text, found.start()):
            yield found.span()
    yield from (found.span("number") for found in _TOLD.finditer(text))
    for pattern in (_WITH_ZERO, _AMERICAN):
        for found in pattern.finditer(text):
            if not _is_date(text, found.start()) and not _is_counted(text, found.start()):
                yield found.span()


def _is_date(text: str, start: int) -> bool:
    """Whether a date begins there; five pairs of digits are a French phone number."""
    return _DATE.match(text, start) is not None and _PAIRS.match(text, start) is None


def _is_counted(text: str, start: int) -> bool:
    """Whether the words before say that the number counts orders, invoices or the like."""
    return _COUNTED.search(text, max(0, start - _LOOK_BACK), start) is not None
