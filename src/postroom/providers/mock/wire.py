"""Bytes of messages (RFC 5322, 2045 to 2047, 3676), written by hand: the standard library composes ten times slower."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

_ENCODED_WORD_BYTES = 42  # 75 characters per encoded word, RFC 2047 section 2, less charset and padding.
_SPECIALS = frozenset('()<>[]:;@\\,."')


@dataclass(frozen=True, slots=True, kw_only=True)
class WirePart:
    """One MIME part: its header fields, which begin with Content-, and its encoded bytes."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


def text_part(text: str, subtype: str, charset: str, encoding: str, *, parameters: str = "") -> WirePart:
    """Return `text` (lines end with LF) as a part; `encoding` is 7bit, 8bit, quoted-printable or base64.

    Seven bits that do not suffice become quoted-printable.
    """
    content = text.replace("\n", "\r\n").encode(charset)
    if encoding == "7bit" and not content.isascii():
        encoding = "quoted-printable"
    if encoding == "quoted-printable":
        body = binascii.b2a_qp(content, istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    elif encoding == "base64":
        body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    else:
        body = content
    headers = (
        ("Content-Type", f"text/{subtype}; charset={charset}{parameters}"),
        ("Content-Transfer-Encoding", encoding),
    )
    return WirePart(headers=headers, body=body)


def file_part(content: bytes, content_type: str, filename: str) -> WirePart:
    """Return `content` as an attachment."""
    headers = (
        ("Content-Type", f'{content_type}; name="{filename}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="{filename}"'),
    )
    return WirePart(headers=headers, body=base64.encodebytes(content).replace(b"\n", b"\r\n"))


def multipart(subtype: str, parts: Sequence[WirePart], boundary: str, *, parameters: str = "") -> WirePart:
    """Return `parts` in one multipart; `boundary` must not occur in them."""
    delimiter = b"--" + boundary.encode("ascii")
    pieces = [delimiter + b"\r\n" + _joined(part) + b"\r\n" for part in parts]
    headers = (("Content-Type", f'multipart/{subtype}; boundary="{boundary}"{parameters}'),)
    return WirePart(headers=headers, body=b"".join(pieces) + delimiter + b"--\r\n")


def message(headers: Sequence[tuple[str, str]], content: WirePart) -> bytes:
    """Return a whole message; values of `headers` are ASCII and folded already."""
    whole = WirePart(headers=(*headers, ("MIME-Version", "1.0"), *content.headers), body=content.body)
    return _joined(whole)


def fitting(text: str, *charsets: str) -> str:
    """Return the first of `charsets` that can write `text`, else utf-8."""
    for charset in charsets:
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue
        return charset
    return "utf-8"


def encoded(text: str, charset: str = "utf-8") -> str:
    """Return `text` as header text: itself when it is ASCII, else encoded words of `charset` or utf-8."""
    if text.isascii():
        return text
    charset = fitting(text, charset)
    words, chunk = [], b""
    for letter in text:
        letter_bytes = letter.encode(charset)
        if len(chunk) + len(letter_bytes) > _ENCODED_WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += letter_bytes
    words.append(chunk)
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(word).decode('ascii')}?=" for word in words)


def mailbox(name: str, address: str, charset: str = "utf-8") -> str:
    """Return `name <address>` for a header."""
    if not name:
        return address
    if name.isascii() and _SPECIALS.intersection(name):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{encoded(name, charset)} <{address}>"


def date_header(moment: datetime) -> str:
    """Return `moment` with its zone as a Date field's value."""
    return format_datetime(moment)


def flowed(text: str, width: int = 72) -> str:
    """Return `text` wrapped as format=flowed (RFC 3676 section 4): soft line ends keep a space before them."""
    out: list[str] = []
    for line in text.split("\n"):
        if len(line) <= width or line.startswith(">"):
            out.append(line)
            continue
        current = ""
        for word in line.split(" "):
            if current and len(current) + len(word) + 1 > width:
                out.append(current + " ")
                current = word
            else:
                current = f"{current} {word}" if current else word
        out.append(current)
    return "\n".join(f" {line}" if line.startswith((" ", "From ")) else line for line in out)


def _joined(part: WirePart) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in part.headers)
    return head.encode("ascii") + b"\r\n" + part.body
