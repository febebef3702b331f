"""How much work an HTML parser would have with a text, told beforehand and in linear time.

The HTML standard itself is not linear: every tag may look through all open elements, and formatting that is left open
is opened again in each new block. Both parsers used here take minutes for 400,000 nested `div`, so such mail is not
given to them. The estimate follows the standard's list of active formatting elements, at most three equal ones.
"""

import re

MAX_WORK = 2_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})([^<>]*)")
# Quotes hide the end of a tag; values longer than this are too few to matter.
_LONG_TAG = re.compile(r"""<[a-zA-Z]((?:[^>"']++|"[^"]{0,500}+"|'[^']{0,500}+')*+)""")
_LONG_TAG_CHARS = 1_000
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
# These end their predecessor by themselves and do not pile up.
_SELF_ENDING = {"p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "body", "html", "head"}
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_EQUAL_FORMATS = 3
# Formatting that is opened again costs more than a look: it makes new elements.
_FORMAT_WEIGHT = 5


def is_too_costly(markup: str) -> bool:
    """Whether parsing `markup` could take more than about a quarter of a second."""
    open_elements: list[str] = []
    open_counts: dict[str, int] = {}
    formats: dict[str, list[str]] = {}
    equal: dict[str, int] = {}
    active = 0
    work = _attribute_work(markup)
    for found in _TAG.finditer(markup):
        closing, name = found[1], found[2].lower()
        work += len(open_elements) + _FORMAT_WEIGHT * active
        if work > MAX_WORK:
            return True
        if name in _VOID or name in _SELF_ENDING:
            continue
        if name in _FORMATTING:
            active += _format(formats.setdefault(name, []), equal, closing, found[3])
        elif not closing:
            open_elements.append(name)
            open_counts[name] = open_counts.get(name, 0) + 1
        elif open_counts.get(name):
            while (last := open_elements.pop()) != name:
                open_counts[last] -= 1
            open_counts[name] -= 1
    return False


def _attribute_work(markup: str) -> int:
    """Return the work for tags with very many attributes: each is compared with all before it."""
    work = 0
    for found in _LONG_TAG.finditer(markup):
        text = found[1]
        if len(text) > _LONG_TAG_CHARS:
            work += max(len(text.split()), text.count("="), text.count("/")) ** 2
    return work


def _format(opened: list[str], equal: dict[str, int], closing: str, attributes: str) -> int:
    """Open or close one formatting element; return by how much the list of active ones grows."""
    if closing:
        if not opened:
            return 0
        key = opened.pop()
        equal[key] -= 1
        return -1
    if equal.get(attributes, 0) >= _EQUAL_FORMATS and opened and opened[-1] == attributes:
        return 0
    opened.append(attributes)
    equal[attributes] = equal.get(attributes, 0) + 1
    return 1


def without_tags(markup: str) -> str:
    """Return `markup` with its tags simply cut out and the five commonest entities decoded: text, not HTML."""
    text = re.sub(r"<[^<>]{0,2000}>", " ", markup)
    for entity, character in (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text
