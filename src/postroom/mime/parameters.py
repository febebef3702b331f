"""The value and the parameters of Content-Type and Content-Disposition (RFC 2045, 2183, 2231)."""

import re
from urllib.parse import unquote_to_bytes

from postroom.mime.charsets import decode_text
from postroom.mime.headers import decode_words, strip_controls

MAX_VALUE_CHARS = 16_000
MAX_PARAMETERS = 60

_PARAMETER = re.compile(r'[;\s]*([^=;\s"]{1,80})\s{0,20}=\s{0,20}("(?:[^"\\]|\\.)*"|[^;]*)')
_ESCAPE = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"([^*]{1,60})(?:\*([0-9]{1,3}))?(\*)?")


def split_value(header: str) -> tuple[str, dict[str, str]]:
    """Return the lower-case value and the decoded parameters, by lower-case name; the first of two equal ones wins."""
    header = header[:MAX_VALUE_CHARS]
    value, _, rest = header.partition(";")
    value = value.strip().lower()
    if not rest:
        return value, {}
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    position = 0
    for _ in range(MAX_PARAMETERS):
        found = _PARAMETER.match(rest, position)
        if found is None:
            position = rest.find(";", position) + 1
            if position == 0:
                break
            continue
        position = found.end()
        name = found[1].lower()
        text = _unquote(found[2].strip())
        split = _SECTION.fullmatch(name)
        if split is None or (split[2] is None and split[3] is None):
            plain.setdefault(name, text)
        else:
            sections.setdefault(split[1], {}).setdefault(int(split[2] or 0), (text, split[3] is not None))
    parameters = {name: decode_words(text)[0] for name, text in plain.items()}
    # RFC 2231 wins over the plain form that stands beside it for old programs.
    parameters.update({name: _join(parts) for name, parts in sections.items()})
    return value, parameters


def file_name(text: str) -> str:
    """Return `text` as a bare file name: no path, no control characters, not more than 255 characters."""
    name = strip_controls(text).replace("\\", "/").rsplit("/", 1)[-1].strip()
    return "" if name in {".", ".."} else name[:255]


def _unquote(text: str) -> str:
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return _ESCAPE.sub(r"\1", text)
    return text


def _join(parts: dict[int, tuple[str, bool]]) -> str:
    charset = ""
    content = b""
    for index, number in enumerate(sorted(parts)):
        text, encoded = parts[number]
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        content += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return strip_controls(decode_text(content, charset or None)[0])
