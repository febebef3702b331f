"""Charsets, honest and not."""

import pytest

from postroom.mime.charsets import clean, decode_text


@pytest.mark.parametrize(
    ("content", "charset", "text", "defect"),
    [
        (b"abc", "us-ascii", "abc", None),
        (b"caf\xe9 \x80", "iso-8859-1", "café €", None),
        (b"caf\xc3\xa9", None, "café", "charset_guessed"),
        (b"caf\xe9", "us-ascii", "café", "charset_guessed"),
        ("你好㐀".encode("gb18030"), "gb2312", "你好㐀", None),
        ("한".encode("cp949"), "ks_c_5601-1987", "한", None),
        ("①".encode("cp932"), "Shift_JIS", "①", None),
        ("まみ".encode("iso2022_jp"), None, "まみ", "charset_guessed"),
        (b"a\xffb", "utf-8", "aÿb", "undecodable_text"),
        (b"+ADw-", "utf-7", "+ADw-", "utf7_refused"),
        (b"a", "idna", "a", "unknown_charset"),
        (b"a\xe9", "unicode_escape", "aé", "unknown_charset"),
        (b"a\xe9", "x\x00y", "aé", "unknown_charset"),
        (b"a\x00b", "utf-8", "ab", None),
        ("ü".encode("utf-16"), "utf-16", "ü", None),
        (b"\xfcber", "windows-1252", "über", None),
        ("привет".encode("koi8-r"), "KOI8-R", "привет", None),
    ],
)
def test_text_is_decoded(content: bytes, charset: str | None, text: str, defect: str | None) -> None:
    assert decode_text(content, charset) == (text, defect)


def test_lone_surrogates_and_nul_do_not_stay() -> None:
    assert clean("a\ud800b\x00") == "a\ufffdb"
