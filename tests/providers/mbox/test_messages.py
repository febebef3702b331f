import io

import pytest

from postroom.providers.mbox.messages import messages_of

SEPARATOR = b"From ann@example.com Mon Nov 23 05:12:27 2026\n"


def split(content: bytes) -> list[bytes]:
    return [message.content for message in messages_of(io.BytesIO(content), 0, keep_bytes=10_000_000)]


def test_a_message_ends_before_the_empty_line_of_the_next() -> None:
    assert split(SEPARATOR + b"A: 1\n\nx\n\n" + SEPARATOR + b"B: 2\n\ny\n") == [b"A: 1\n\nx\n", b"B: 2\n\ny\n"]


def test_carriage_returns_are_kept_and_understood() -> None:
    crlf = SEPARATOR.replace(b"\n", b"\r\n")
    assert split(crlf + b"A: 1\r\n\r\nx\r\n\r\n" + crlf + b"B: 2\r\n\r\ny") == [b"A: 1\r\n\r\nx\r\n", b"B: 2\r\n\r\ny"]


def test_quoted_from_lines_lose_one_mark_at_the_start_of_a_line_only() -> None:
    body = b"A: 1\n\n>From me\n>>From you\nnot >From them\n> From us\n"
    assert split(SEPARATOR + body) == [b"A: 1\n\nFrom me\n>From you\nnot >From them\n> From us\n"]


@pytest.mark.parametrize(
    "text",
    [
        b"A: 1\n\nHello\n\nFrom now on I pay by card.\n",
        b"A: 1\n\nHello\nFrom Monday Nov 23 05:12:27 2026 on it is broken.\n",
        b"A: 1\n\nHello\n\nFrom\n",
    ],
)
def test_a_sentence_that_begins_with_from_is_no_new_message(text: bytes) -> None:
    assert split(SEPARATOR + text) == [text]


@pytest.mark.parametrize(
    "between",
    [b"\n" + SEPARATOR, SEPARATOR, b"\nFrom somebody\n", b"\nFrom - Mon Nov 23 05:12:27 2026\n"],
    ids=["usual", "no empty line", "no date", "no sender"],
)
def test_a_separator_with_two_of_three_signs_is_enough(between: bytes) -> None:
    assert len(split(SEPARATOR + b"A: 1\n\nx\n" + between + b"B: 2\n\ny\n")) == 2


def test_a_from_within_a_very_long_line_is_no_new_message() -> None:
    line = b"x" * (64 * 1024) + SEPARATOR + b"B: 2\n"
    assert split(SEPARATOR + b"A: 1\n\n" + line) == [b"A: 1\n\n" + line]


def test_odd_bytes_and_a_file_without_a_last_newline_are_kept() -> None:
    assert split(b"\n\n" + SEPARATOR + b"A: \xff\x00\n\n\xfe") == [b"A: \xff\x00\n\n\xfe"]
    assert split(SEPARATOR) == [b""]
    assert split(b"") == []
