"""The tree of MIME parts of a message, split in one pass over its lines (RFC 2046), never raising."""

import re
from dataclasses import dataclass, field

from postroom.mime.headers import Headers, split_headers
from postroom.mime.parameters import split_value

MAX_PARTS = 1_000
MAX_DEPTH = 40

_DELIMITER = re.compile(rb"^--[^\r\n]{1,998}", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_GUESSED_BOUNDARY = re.compile(rb"\s{0,200}--([^\r\n]{1,200})\r?\n")


@dataclass(slots=True)
class Part:
    """One part: its headers, its type, where its body lies in the message, and the parts inside it."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)


def split_parts(content: bytes) -> tuple[Part, list[str]]:
    """Return the root part of `content` and the defects met.

    A message inside a message is one part, it is not opened. A multipart whose boundary never comes is text. Deeper or
    more parts than the caps allow stay inside the last one that fits.
    """
    splitter = _Splitter(content=content)
    start = len(_BOM) if content.startswith(_BOM) else 0
    # Some stores put blank lines before the first field.
    while start < min(len(content), 1_000) and content[start] in b"\r\n":
        start += 1
    root = splitter.open_part(start, len(content), default_type="text/plain")
    splitter.split(root)
    return root, splitter.defects


@dataclass(slots=True)
class _Splitter:
    content: bytes
    defects: list[str] = field(default_factory=list)
    count: int = 0
    # The open multiparts, outermost first, and where each boundary stands in that list.
    stack: list[Part] = field(default_factory=list)
    boundaries: dict[bytes, list[int]] = field(default_factory=dict)

    def open_part(self, start: int, end: int, *, default_type: str) -> Part:
        headers, body_start, defects = split_headers(self.content, start, end)
        if self.count:
            defects = [defect for defect in defects if defect != "no_headers"]
        self.defects += defects
        self.count += 1
        content_type, parameters = split_value(headers.first("content-type"))
        if not _TYPE.fullmatch(content_type):
            if content_type:
                self.defects.append("invalid_content_type")
            content_type = _repaired(content_type) or default_type
        return Part(headers, content_type, parameters, body_start, end)

    def split(self, root: Part) -> None:
        content = self.content
        self._push(root)
        if not self.stack:
            return
        position = root.start
        while found := _DELIMITER.search(content, position):
            line_end = found.end()
            newline = content.find(b"\n", line_end)
            position = len(content) if newline < 0 else newline + 1
            level, closing = self._level(found[0][2:].rstrip(b" \t"))
            if level < 0:
                continue
            self._end_before(found.start(), level)
            if closing:
                self._pop(level)
                if not self.stack:
                    break
                continue
            if self.count >= MAX_PARTS:
                self.defects.append("too_many_parts")
                break
            parent = self.stack[level]
            default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
            part = self.open_part(position, len(content), default_type=default)
            position = part.start
            parent.children.append(part)
            self._push(part)
        if self.stack:
            self.defects.append("missing_closing_boundary")

    def _push(self, part: Part) -> None:
        if not part.content_type.startswith("multipart/"):
            return
        boundary = part.parameters.get("boundary", "").rstrip()
        key = boundary.encode("utf-8", "replace")
        if not key:
            self.defects.append("missing_boundary")
            guessed = _GUESSED_BOUNDARY.match(self.content, part.start)
            if guessed is None:
                return
            key = guessed[1].rstrip()
        if len(self.stack) >= MAX_DEPTH:
            self.defects.append("too_deep")
            return
        self.boundaries.setdefault(key, []).append(len(self.stack))
        self.stack.append(part)

    def _level(self, line: bytes) -> tuple[int, bool]:
        """Return which open multipart the delimiter `line` belongs to (-1: none), and whether it closes it."""
        levels = self.boundaries.get(line)
        if levels:
            return levels[-1], False
        if line.endswith(b"--"):
            levels = self.boundaries.get(line[:-2].rstrip(b" \t")) or self.boundaries.get(line[:-2])
            if levels:
                return levels[-1], True
        return -1, False

    def _end_before(self, position: int, level: int) -> None:
        """Close what is open inside the multipart `level`: it ends before the line break that precedes `position`."""
        end = position
        if end and self.content[end - 1 : end] == b"\n":
            end -= 2 if self.content[end - 2 : end] == b"\r\n" else 1
        if len(self.stack) > level + 1:
            self.defects.append("missing_closing_boundary")
            self._pop(level + 1)
        part = self.stack[level]
        while part.children:
            part = part.children[-1]
            part.end = max(part.start, min(part.end, end))

    def _pop(self, level: int) -> None:
        while len(self.stack) > level:
            depth = len(self.stack) - 1
            self.stack.pop()
            for key in [key for key, levels in self.boundaries.items() if levels[-1] >= depth]:
                self.boundaries[key].pop()
                if not self.boundaries[key]:
                    del self.boundaries[key]


def _repaired(content_type: str) -> str:
    """Return what a malformed type must mean: `text` is plain text, `text/html charset=…` is HTML."""
    word = content_type.replace(",", " ").replace('"', " ").split()
    if word and _TYPE.fullmatch(word[0]):
        return word[0]
    if content_type.startswith("multipart"):
        return "multipart/mixed"
    return ""
