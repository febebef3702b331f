"""The messages of a file in mbox format, in one linear pass.

A message begins at a line `From …` that has two of three signs: an empty line before it, a date in it, a header after
it (RFC 4155 asks for all, real files for none). `>From ` loses one `>` (mboxrd; the same for mboxo).
"""

import errno
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

LINE_BYTES = 64 * 1024  # Longer lines are read in pieces.
SEPARATOR_BYTES = 1000
BLANK = (b"\n", b"\r\n")
# Mail programs rewrite these headers in place; a message stays the same message.
STATUS_HEADERS = (b"status:", b"x-status:", b"x-uid:", b"x-keywords:", b"x-mozilla-status:", b"x-mozilla-status2:")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_HEADER = re.compile(rb"[!-9;-~]+:")
_QUOTED = re.compile(rb">+From ")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MboxMessage:
    """One message of the file: its bytes (cut where too large), where it starts and ends, and what identifies it.

    `digest` covers all of its bytes but the status headers; `letters` are those of its Status headers.
    """

    content: bytes
    separator: bytes
    start: int
    end: int
    digest: str
    truncated: bool
    letters: str


def messages_of(file: BinaryIO, offset: int, *, keep_bytes: int) -> Iterator[MboxMessage]:
    """Yield the messages of an mbox file from `offset` on, in linear time, each with at most `keep_bytes` of content.

    `offset` is 0 or the end of a message.

    Raises:
        OSError: the file does not begin with a `From ` line (EINVAL), or cannot be read.
    """
    opened: _Opened | None = None
    after_blank = True
    for line, following in _pairs(_lines(file, offset)):
        if opened is None and not line.content.strip():
            continue
        if opened is None and not line.content.startswith(b"From "):
            raise OSError(errno.EINVAL, "it does not begin with a From line")
        if opened is None or _separates(line, following, after_blank=after_blank):
            if opened is not None:
                yield opened.closed(line.start)
            opened = _Opened(line, keep_bytes)
        else:
            opened.add(line)
        after_blank = line.blank
    if opened is not None:
        yield opened.closed(opened.end)


def date_of(separator: bytes) -> datetime | None:
    """Return the date of a `From ` line, taken as UTC where no offset of the zone is known, or None."""
    words = separator[:SEPARATOR_BYTES].decode("ascii", "replace").split()
    for position, word in enumerate(words):
        clock = _CLOCK.fullmatch(word)
        if clock is None or position < 2:
            continue
        years = [int(one) for one in words[position + 1 : position + 4] if len(one) == 4 and one.isdecimal()]
        month, day = words[position - 2].lower(), words[position - 1]
        if not years or month not in MONTHS or not day.isdecimal():
            return None
        hour, minute, second = (int(part or 0) for part in clock.groups())
        try:
            return datetime(years[0], MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=UTC)
        except ValueError:
            return None
    return None


class _Line(NamedTuple):
    """A line, or a piece of a long one (a tuple: there are millions); `first` is true at the beginning of a line."""

    start: int
    content: bytes
    first: bool
    blank: bool


class _Opened:
    """A message that is still being read."""

    def __init__(self, separator: _Line, keep_bytes: int) -> None:
        self._separator, self._start, self._keep = separator.content[:SEPARATOR_BYTES], separator.start, keep_bytes
        self.end = separator.start + len(separator.content)
        self._content = bytearray()
        self._digest = hashlib.sha256()
        self._truncated = False
        self._in_headers = True
        self._letters = ""
        self._held = b""

    def add(self, line: _Line) -> None:
        """Take the next line, or the next piece of a long one."""
        start, content, first, blank = line
        self.end = start + len(content)
        # The empty line before the next separator is not part of the message, so one is always held back.
        if self._held:
            self._take(self._held)
        if blank:
            self._held = content
            self._in_headers = False
            return
        self._held = b""
        quoted = first and content.startswith(b">") and _QUOTED.match(content) is not None
        self._take(content[1:] if quoted else content)

    def closed(self, end: int) -> MboxMessage:
        """Return the message, which ends at `end`."""
        self.end = end
        return MboxMessage(
            content=bytes(self._content),
            separator=self._separator,
            start=self._start,
            end=end,
            digest=self._digest.hexdigest(),
            truncated=self._truncated,
            letters=self._letters,
        )

    def _take(self, line: bytes) -> None:
        room = self._keep - len(self._content)
        self._content += line[:room]
        if len(line) > room:
            self._truncated = True
        if self._in_headers and line[:20].lower().startswith(STATUS_HEADERS):
            name, _, letters = line.partition(b":")
            if name.lower() in {b"status", b"x-status"}:
                self._letters += letters[:20].decode("ascii", "ignore").strip()
        else:
            self._digest.update(line)


def _lines(file: BinaryIO, offset: int) -> Iterator[_Line]:
    file.seek(offset)
    first = True
    while content := file.readline(LINE_BYTES):
        yield _Line(offset, content, first, first and content in BLANK)
        offset += len(content)
        first = content.endswith(b"\n")


def _pairs(lines: Iterator[_Line]) -> Iterator[tuple[_Line, bytes]]:
    """Yield each line with the content of the one after it (empty at the end)."""
    before: _Line | None = None
    for line in lines:
        if before is not None:
            yield before, line.content
        before = line
    if before is not None:
        yield before, b""


def _separates(line: _Line, following: bytes, *, after_blank: bool) -> bool:
    if not line.first or not line.content.startswith(b"From "):
        return False
    signs = (after_blank, date_of(line.content) is not None, _HEADER.match(following) is not None)
    return sum(signs) >= 2
