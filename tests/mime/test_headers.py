"""Header fields: split, unfolded and decoded."""

import pytest

from postroom.mime.headers import MAX_HEADERS, decode_words, split_headers, strip_controls


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?a=C3=A4?= =?utf-8?q?b?= c", "aäb c"),
        ("=?utf-8?b?w6Q=?=", "ä"),
        ("=?utf-8?b?w6Q?=", "ä"),
        ("=?utf-8?b?ww==?= =?utf-8?b?pA==?=", "ä"),
        ("=?UTF-8?Q?Are_you_ok??=", "Are you ok?"),
        ("=?utf-8?q?=3F=3F?=", "??"),
        ("=?iso-2022-jp?B?GyRCJF4kXxsoQg==?=", "まみ"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?utf-8*en?q?hi?=", "hi"),
        ("=?utf-8?q?a=0D=0ABcc: x?=", "a Bcc: x"),
        ("=?broken", "=?broken"),
        ("a =?utf-8?q?b?= =?iso-8859-1?q?=E4?= c", "a bä c"),
    ],
)
def test_encoded_words_are_decoded_onto_one_line(value: str, text: str) -> None:
    assert decode_words(value)[0] == text


def test_folded_fields_are_unfolded_and_the_body_found() -> None:
    content = b"A: 1\r\n 2\r\nB : x\r\n\r\nbody"
    headers, body_start, defects = split_headers(content, 0, len(content))
    assert (headers.first("a"), headers.first("b"), content[body_start:], defects) == ("1 2", "x", b"body", [])


def test_a_broken_line_between_fields_is_skipped() -> None:
    content = b"A: 1\nbroken line\nB: 2\n\nbody"
    headers, _, defects = split_headers(content, 0, len(content))
    assert (headers.first("b"), defects) == ("2", ["malformed_header"])


def test_more_fields_than_the_cap_are_dropped() -> None:
    content = b"A: 1\n" * (MAX_HEADERS + 5)
    headers, _, defects = split_headers(content, 0, len(content))
    assert len(headers.every("a")) == MAX_HEADERS
    assert defects == ["too_many_headers"]


def test_control_characters_become_blanks() -> None:
    assert strip_controls("a\r\nb\x07c\x00") == "a b c"
