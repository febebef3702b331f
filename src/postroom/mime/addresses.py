"""Address lists (RFC 5322 section 3.4, and what is written instead of it), read in linear time."""

import re
from dataclasses import dataclass, field

from postroom.mime.headers import decode_words
from postroom.model.email import Address

MAX_ADDRESSES = 20_000

_TOKEN = re.compile(r'[,;:<>"()]|[^,;:<>"()]+')
_AROUND_SIGN = re.compile(r" ?([@.]) ?")
_BLANKS = re.compile(r"\s+")
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_QUOTE_END = re.compile(r'"|\\.', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_addresses(values: list[str]) -> tuple[tuple[Address, ...], bool]:
    """Return the addresses of all `values` in order, groups expanded, and whether something could not be read.

    Names are unquoted and decoded, comments dropped (a comment behind a bare address counts as its name, as many old
    programs write it). An entry without anything like an address is left out.
    """
    addresses: list[Address] = []
    unreadable = False
    for value in values:
        reader = _Reader(text=value)
        reader.read()
        if not reader.found and "=?" in value:
            # Some programs encode the whole header, address and all.
            reader = _Reader(text=decode_words(value)[0])
            reader.read()
        addresses += reader.found
        unreadable = unreadable or reader.unreadable
    return tuple(addresses[:MAX_ADDRESSES]), unreadable or len(addresses) > MAX_ADDRESSES


@dataclass(slots=True)
class _Reader:
    """Reads one value from left to right; each position is looked at a bounded number of times."""

    text: str
    found: list[Address] = field(default_factory=list)
    unreadable: bool = False
    _phrase: list[str] = field(default_factory=list)
    _bare: list[str] = field(default_factory=list)
    _angle: list[str] | None = None
    _inside: bool = False
    _comment: str = ""
    # Set once a quote or comment is never closed: later ones are then not searched for again.
    _open_quote: bool = False
    _open_comment: bool = False

    def read(self) -> None:
        text = self.text
        position = 0
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None:
                break
            mark = token[0]
            if mark == '"':
                position = self._read_quoted(position)
            elif mark == "(":
                position = self._read_comment(position)
            else:
                position = token.end()
                self._take(mark)
        self._finish()

    def _take(self, mark: str) -> None:
        if mark == "<":
            if self._angle is None or not "".join(self._angle).strip():
                self._angle, self._inside = [], True
        elif mark == ">":
            self._inside = False
        elif self._inside and self._angle is not None:
            self._take_inside(mark, self._angle)
        elif mark in {",", ";"}:
            self._finish()
        elif mark == ":" and "@" not in "".join(self._bare):
            self._clear()
        elif mark != ")":
            self._phrase.append(mark)
            self._bare.append(mark)

    def _take_inside(self, mark: str, angle: list[str]) -> None:
        written = "".join(angle).strip() if len(angle) < 50 else "@"
        if mark in {",", ";"} and not written.startswith("@") and "@" in written:
            self._finish()
        elif mark == ":" and written.startswith("@"):
            angle.clear()
        else:
            angle.append(mark)

    def _read_quoted(self, position: int) -> int:
        if not self._open_quote:
            for found in _QUOTE_END.finditer(self.text, position + 1):
                if found[0] == '"':
                    quoted = self.text[position : found.end()]
                    if self._inside and self._angle is not None:
                        self._angle.append(quoted)
                    else:
                        self._phrase.append(_ESCAPED.sub(r"\1", quoted[1:-1]))
                        self._bare.append(quoted if self.text[found.end() : found.end() + 1] == "@" else "")
                    return found.end()
            self._open_quote = True
        return position + 1

    def _read_comment(self, position: int) -> int:
        if not self._open_comment:
            depth = 0
            for found in _PARENTHESIS.finditer(self.text, position):
                depth += {"(": 1, ")": -1}.get(found[0], 0)
                if depth == 0:
                    self._comment = self._comment or _ESCAPED.sub(r"\1", self.text[position + 1 : found.start()])
                    return found.end()
            self._open_comment = True
        return position + 1

    def _clear(self) -> None:
        self._phrase, self._bare, self._angle, self._inside, self._comment = [], [], None, False, ""

    def _finish(self) -> None:
        name = "".join(self._phrase)
        if self._angle is not None:
            address = _BLANKS.sub("", "".join(self._angle))
            if not address and "@" in name:
                name, address = _bare_address(name)
        else:
            name, address = _bare_address("".join(self._bare))
        phrase = name.strip()
        name = name if phrase else self._comment
        if ":" in address and not address.startswith('"'):
            # What is left of a group that was put in angle brackets.
            address = address.rpartition(":")[2]
            address = "" if address.startswith("@") else address
        if self._angle is None and address and _all_addresses(name):
            self.found += [Address(name="", address=word) for word in name.split()]
            name = ""
        if address:
            self.found.append(Address(name=_name(name), address=decode_words(address)[0].replace(" ", "")))
        elif phrase:
            self.unreadable = True
        self._clear()


def _bare_address(text: str) -> tuple[str, str]:
    """Split `Jane Doe jane@example.org` into a name and an address; a single word counts as a local address."""
    words = _AROUND_SIGN.sub(r"\1", _BLANKS.sub(" ", text)).split() if "@" in text else text.split()
    for index in range(len(words) - 1, -1, -1):
        if "@" in words[index].strip("@"):
            return " ".join(words[:index] + words[index + 1 :]), words[index]
    if len(words) == 1 and "=?" not in words[0]:
        return "", words[0].strip("@")
    return text, ""


def _all_addresses(text: str) -> bool:
    """Whether `text` is one or more bare addresses: people forget the comma."""
    return "@" in text and all("@" in word.strip("@") for word in text.split())


def _name(text: str) -> str:
    name = _BLANKS.sub(" ", decode_words(_BLANKS.sub(" ", text).strip())[0])
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] == '"' else name
