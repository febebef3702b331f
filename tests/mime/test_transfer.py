"""Content transfer encodings, right and wrong."""

import pytest

from postroom.mime.transfer import decode_transfer


@pytest.mark.parametrize(
    ("body", "encoding", "decoded", "defect"),
    [
        (b"a=C3=A4=\r\nb", "quoted-printable", b"a\xc3\xa4b", None),
        (b"YWJj\r\nZGVm\r\n", "BASE64", b"abcdef", None),
        (b"YWJjZA", "base64", b"abcd", None),
        (b"YWJjZ", "base64", b"abc", None),
        (b"YW*JjYWJjYWJj", "base64", b"abcabcabc", "invalid_base64"),
        (b"This is no base64, is it?", "base64", b"This is no base64, is it?", "invalid_base64"),
        (b"begin 644 a.txt\n#86)C\n`\nend\n", "x-uuencode", b"abc", None),
        (b"abc", "8bit", b"abc", None),
        (b"abc", "", b"abc", None),
        (b"abc", "spam", b"abc", "unknown_transfer_encoding"),
        (b"a=3D", " quoted-printable ; x", b"a=", None),
    ],
)
def test_bodies_are_decoded(body: bytes, encoding: str, decoded: bytes, defect: str | None) -> None:
    assert decode_transfer(body, encoding) == (decoded, defect)
