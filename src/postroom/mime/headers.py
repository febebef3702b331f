"""The header fields of a message or a part: split, unfolded and decoded, in linear time, never raising."""

import binascii
import re
from dataclasses import dataclass, field

from postroom.mime.charsets import clean, decode_text
from postroom.mime.transfer import decode_base64_lenient

MAX_HEADERS = 1_000
MAX_HEADER_BYTES = 300_000
MAX_HEADER_BLOCK_BYTES = 1_500_000

_FIELD_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
# No blanks before the line break here: a long run of them would be searched again from each of its characters.
_FOLD = re.compile(rb"\r?\n[ \t]+")
_WORD_START = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?")
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f]+")
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields by lower-case name; values are unfolded text whose encoded words (RFC 2047) still stand."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Return the first value of `name` (lower case), or an empty string."""
        values = self.fields.get(name)
        return values[0] if values else ""

    def every(self, name: str) -> list[str]:
        """Return all values of `name` (lower case) in their order."""
        return self.fields.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self.fields


def split_headers(content: bytes, start: int, end: int) -> tuple[Headers, int, list[str]]:
    """Return the header fields of `content[start:end]`, where the body begins, and the defects met.

    A line that is no field ends the header, unless fields go on behind it. More fields or longer ones than the caps
    allow are dropped or cut.
    """
    raw, body_start, defects = _split_fields(content, start, end)
    fields: dict[str, list[str]] = {}
    charset: str | None = None
    for name, value in raw:
        if len(value) > MAX_HEADER_BYTES:
            defects.append("header_too_long")
        unfolded = _FOLD.sub(b" ", value[:MAX_HEADER_BYTES]).strip()
        if unfolded.isascii() and b"\x1b" not in unfolded:
            text = clean(unfolded.decode("ascii"))
        else:
            charset = charset if charset is not None else _body_charset(raw)
            text, legal = _decode_raw(unfolded, charset)
            if not legal:
                defects.append("raw_8bit_header")
        fields.setdefault(name.decode("ascii").lower(), []).append(text)
    return Headers(fields), body_start, defects


def _decode_raw(value: bytes, charset: str) -> tuple[str, bool]:
    """Return a value with raw 8-bit bytes as text: UTF-8 (RFC 6532), else the body's charset is the best guess."""
    if b"\x1b" not in value:
        try:
            return clean(value.decode("utf-8")), True
        except UnicodeError:
            pass
    return decode_text(value, charset or None)[0], False


def _body_charset(raw: list[tuple[bytes, bytes]]) -> str:
    for name, value in raw:
        if name.lower() == b"content-type":
            found = _CHARSET.search(value[:2_000])
            if found and found[1].lower() not in {b"us-ascii", b"ascii", b"utf-8"}:
                return found[1].decode("ascii")
    return ""


def _split_fields(content: bytes, start: int, end: int) -> tuple[list[tuple[bytes, bytes]], int, list[str]]:
    raw: list[tuple[bytes, bytes]] = []
    defects: list[str] = []
    position = start
    limit = min(end, start + MAX_HEADER_BLOCK_BYTES)
    while position < end:
        line_end = _line_end(content, position, end)
        if content[position:line_end].rstrip(b"\r\n") == b"":
            return raw, line_end, defects
        found = _FIELD_NAME.match(content, position, line_end)
        if found is None:
            if position == start and content.startswith((b"From ", b">From "), position):
                position = line_end
                continue
            if not raw or not _field_follows(content, line_end, end):
                defects.append("missing_header_end" if raw else "no_headers")
                return raw, position, defects
            defects.append("malformed_header")
            position = line_end
            while content[position : position + 1] in (b" ", b"\t") and position < end:
                position = _line_end(content, position, end)
            continue
        value_start = found.end()
        while content[line_end : line_end + 1] in (b" ", b"\t") and line_end < end:
            next_end = _line_end(content, line_end, end)
            if content[line_end:next_end].strip() == b"" and not _continues(content, next_end, end):
                break
            line_end = next_end
        if len(raw) < MAX_HEADERS and position < limit:
            raw.append((found[1], content[value_start:line_end]))
        elif "too_many_headers" not in defects:
            defects.append("too_many_headers")
        position = line_end
    return raw, end, defects


def _field_follows(content: bytes, position: int, end: int) -> bool:
    """Whether a field follows at `position`, after at most three folded lines that belong to a broken one."""
    for _ in range(4):
        if _FIELD_NAME.match(content, position, end):
            return True
        if content[position : position + 1] not in (b" ", b"\t"):
            return False
        position = _line_end(content, position, end)
    return False


def _line_end(content: bytes, position: int, end: int) -> int:
    found = content.find(b"\n", position, end)
    return end if found < 0 else found + 1


def _continues(content: bytes, position: int, end: int) -> bool:
    """Whether a line of blanks stands inside a header: only if another field or folded line follows."""
    return position < end and (
        content[position : position + 1] in (b" ", b"\t") or _FIELD_NAME.match(content, position, end) is not None
    )


def decode_words(value: str) -> tuple[str, str | None]:
    """Return `value` with its encoded words (RFC 2047) decoded, and a defect or None.

    Blanks between two encoded words vanish, and the bytes of neighbours of one charset are joined before they are
    decoded, since many programs cut characters in two. CR, LF, NUL and other control characters become one space.
    """
    if "=?" not in value:
        return strip_controls(value), None
    starts = list(_WORD_START.finditer(value))
    pieces: list[str] = []
    pending: list[bytes] = []
    pending_charset = ""
    defect: str | None = None
    position = 0
    for index, found in enumerate(starts):
        limit = starts[index + 1].start() if index + 1 < len(starts) else len(value)
        stop = _word_stop(value, found.end(), limit, quoted=found[2] in "qQ")
        if stop < 0 or found.start() < position:
            continue
        between = value[position : found.start()]
        charset = found[1].split("*", 1)[0]
        if pending and (between.strip() or charset.lower() != pending_charset.lower()):
            text, trouble = decode_text(b"".join(pending), pending_charset)
            pieces.append(text)
            defect = trouble or defect
            pending = []
            between = between if between.strip() else ""
            pieces.append(between)
        elif not pending:
            pieces.append(between)
        pending.append(_word_bytes(value[found.end() : stop], found[2]))
        pending_charset = charset
        position = stop + 2
    if pending:
        text, trouble = decode_text(b"".join(pending), pending_charset)
        pieces.append(text)
        defect = trouble or defect
    pieces.append(value[position:])
    return strip_controls("".join(pieces)), defect


def _word_stop(value: str, start: int, limit: int, *, quoted: bool) -> int:
    """Return where the encoded word ends; `?=` and two hex digits is a question mark and an escape, in Q only."""
    stop = value.find("?=", start, limit)
    while quoted and stop >= 0 and len(value) > stop + 3 and value[stop + 2] in _HEX and value[stop + 3] in _HEX:
        following = value.find("?=", stop + 2, limit)
        if following < 0:
            return stop
        stop = following
    return stop


def _word_bytes(payload: str, encoding: str) -> bytes:
    content = payload.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64_lenient(content)
    return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)


def strip_controls(text: str) -> str:
    """Return `text` on one line: control characters, CR and LF become one space; blanks at the ends are dropped."""
    return _FORBIDDEN.sub(" ", clean(text)).strip()
