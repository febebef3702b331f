"""What is said on a connection: the places in SMTP and IMAP at which something can be made to happen. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from enum import StrEnum

END_OF_CONTENT = b"\r\n.\r\n"
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")


class Place(StrEnum):
    """A place in a talk: it lies before what it names is passed on, save for `SMTP_ANSWERED`.

    `SMTP_CONTENT` and `IMAP_FETCH` lie in the middle, `SMTP_DOT` before the final dot, `SMTP_ANSWER` before the answer
    to it, `IMAP_APPEND` in the middle of the copy, `IMAP_APPENDED` before the answer to that.
    """

    IMAP_FETCH = "imap.fetch"
    IMAP_STORE = "imap.store"
    IMAP_APPEND = "imap.append"
    IMAP_APPENDED = "imap.appended"
    SMTP_MAIL = "smtp.mail"
    SMTP_DATA = "smtp.data"
    SMTP_CONTENT = "smtp.content"
    SMTP_DOT = "smtp.dot"
    SMTP_ANSWER = "smtp.answer"
    SMTP_ANSWERED = "smtp.answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes to pass on, the place that lies before them, and what is true once they were passed on."""

    content: bytes
    before: Place | None = None
    then: Callable[[], None] | None = None


@dataclass
class Witness:
    """What was seen of all SMTP talks: contents begun, answers passed on, Message-IDs that a 2xx was passed on for."""

    begun: int = 0
    answered: int = 0
    confirmed: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Note that content was passed on."""
        self.begun += 1

    def answer(self, message_id: str, answer: bytes) -> None:
        """Note that the answer to a final dot was passed on."""
        self.answered += 1
        if answer.startswith(b"2"):
            self.confirmed.append(message_id)


class SmtpTalk:
    """One SMTP connection."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._line = b""
        self._content: bytes | None = None
        self._asked = False
        self._sent: bytes | None = None

    def said(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the client said."""
        if self._content is not None:
            return self._content_said(chunk)
        self._line += chunk
        if not self._line.endswith(b"\n"):
            return []
        line, self._line = self._line, b""
        verb = line[:4].upper()
        self._asked = verb == b"DATA"
        return [Piece(content=line, before={b"MAIL": Place.SMTP_MAIL, b"DATA": Place.SMTP_DATA}.get(verb))]

    def answered(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the server answered."""
        if self._asked:
            self._asked = False
            self._content = b"" if chunk.startswith(b"354") else None
        if self._sent is None:
            return [Piece(content=chunk)]
        message_id, self._sent = _message_id(self._sent), None
        return [
            Piece(content=chunk, before=Place.SMTP_ANSWER, then=lambda: self._witness.answer(message_id, chunk)),
            Piece(content=b"", before=Place.SMTP_ANSWERED),
        ]

    def _content_said(self, chunk: bytes) -> list[Piece]:
        # Kept until it is whole: what the client wrote is under way then, whatever becomes of it.
        content = (self._content or b"") + chunk
        if not content.endswith(END_OF_CONTENT):
            self._content = content
            return []
        self._content, self._sent = None, content
        middle, end = len(content) // 2, len(content) - 3
        return [
            Piece(content=content[:middle], then=self._witness.begin),
            Piece(content=content[middle:end], before=Place.SMTP_CONTENT),
            Piece(content=content[end:], before=Place.SMTP_DOT),
        ]


class ImapTalk:
    """One IMAP connection."""

    def __init__(self) -> None:
        self._line = b""
        self._literal: bytes | None = None
        self._size = 0
        self._command: tuple[bytes, bytes] = (b"", b"")

    def said(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the client said."""
        if self._literal is not None:
            return self._literal_said(chunk)
        self._line += chunk
        if not self._line.endswith(b"\r\n"):
            return []
        line, self._line = self._line, b""
        tag, _, command = line.partition(b" ")
        if command:
            # A line without a space ends a literal, or IDLE.
            self._command = (tag, command.upper())
        found = _LITERAL.search(line)
        if found:
            self._literal, self._size = b"", int(found[1])
        return [Piece(content=line, before=Place.IMAP_STORE if b" STORE " in line.upper() else None)]

    def answered(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the server answered."""
        tag, command = self._command
        if command.startswith(b"UID FETCH") and b"BODY.PEEK[]" in command and b"{" in chunk:
            middle = len(chunk) // 2
            return [Piece(content=chunk[:middle]), Piece(content=chunk[middle:], before=Place.IMAP_FETCH)]
        if command.startswith(b"APPEND") and b"\n" + tag + b" " in b"\n" + chunk:
            return [Piece(content=chunk, before=Place.IMAP_APPENDED)]
        return [Piece(content=chunk)]

    def _literal_said(self, chunk: bytes) -> list[Piece]:
        content = (self._literal or b"") + chunk
        if len(content) < self._size:
            self._literal = content
            return []
        self._literal = None
        middle = self._size // 2
        place = Place.IMAP_APPEND if self._command[1].startswith(b"APPEND") else None
        return [Piece(content=content[:middle]), Piece(content=content[middle:], before=place)]


def _message_id(content: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(content).get("Message-ID", ""))
