"""The bytes of a part, freed from their content transfer encoding (RFC 2045 section 6); never raises."""

import binascii
import re

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_WHITESPACE = b" \t\r\n\x0b\x0c"
_PLAIN = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none", "plain", "us-ascii", "utf-8"}
_UU = {"x-uuencode", "uuencode", "x-uue", "uue"}
_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\n]{0,300}\n", re.MULTILINE)
# A text that claims to be base64 and is not has blanks and characters that base64 does not know.
_FOREIGN_SHARE = 10
_BLANK_SHARE = 15


def decode_transfer(body: bytes, encoding: str) -> tuple[bytes, str | None]:
    """Return the decoded bytes of `body` and the code of the defect met, or None.

    An unknown encoding leaves the bytes as they are.
    """
    name = encoding.split(";", 1)[0].strip(" \t\"'").lower()
    if name in {"quoted-printable", "quoted printable", "quotedprintable", "qp"}:
        return binascii.a2b_qp(body), None
    if name in {"base64", "base-64", "b64"}:
        return _decode_base64(body)
    if name in _UU:
        return _decode_uu(body)
    if name.replace(" ", "") in _PLAIN:
        return body, None
    return body, "unknown_transfer_encoding"


def decode_base64_lenient(text: bytes) -> bytes:
    """Return what `text` holds as base64: foreign bytes are skipped, it ends at the padding, a half byte is dropped."""
    letters = text.translate(None, _NOT_BASE64)
    end = letters.find(b"=")
    if end >= 0:
        letters = letters[:end]
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _decode_base64(body: bytes) -> tuple[bytes, str | None]:
    foreign = len(body.translate(None, _WHITESPACE + _ALPHABET))
    if foreign * _FOREIGN_SHARE > len(body) or body.count(b" ") * _BLANK_SHARE > len(body):
        return body, "invalid_base64"
    return decode_base64_lenient(body), "invalid_base64" if foreign else None


def _decode_uu(body: bytes) -> tuple[bytes, str | None]:
    start = _BEGIN.search(body)
    lines = body[start.end() if start else 0 :].split(b"\n")
    decoded: list[bytes] = []
    defect = None
    for line in lines:
        if line.strip() == b"end":
            break
        try:
            decoded.append(binascii.a2b_uu(line.rstrip(b"\r")))
        except binascii.Error:
            defect = "invalid_uuencode"
    return b"".join(decoded), defect
