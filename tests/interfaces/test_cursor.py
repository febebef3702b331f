"""Cursors are opaque, and what is none is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.errors import InputError
from postroom.interfaces.cursor import read_cursor, read_text_cursor, write_cursor, write_text_cursor

numbers = st.lists(st.integers(min_value=0, max_value=10**17), min_size=1, max_size=3)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@settings(deadline=None)
@given(numbers=numbers)
def test_a_written_cursor_is_read_again(numbers: list[int]) -> None:
    assert read_cursor(write_cursor(*numbers), numbers) == tuple(numbers)


def test_no_cursor_is_the_start() -> None:
    assert read_cursor(None, (-1, 5)) == (-1, 5)
    assert read_text_cursor(None) == ("",)
    assert read_text_cursor(None, ("", "")) == ("", "")


@settings(deadline=None)
@given(text=st.text().filter(lambda text: not text.isdigit()))
def test_text_that_is_no_number_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_cursor(text, (0,))
    assert caught.value.hint


@pytest.mark.parametrize("text", ["1-2", "1-", "²", "1e3", " 1", "01", "+1", "", "9" * 19])
def test_a_cursor_of_another_list_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_cursor(text, (0,))


@settings(deadline=None)
@given(written=st.lists(keys, min_size=1, max_size=2))
def test_a_written_text_cursor_is_read_again_and_is_plain_ascii(written: list[str]) -> None:
    cursor = write_text_cursor(*written)
    assert read_text_cursor(cursor, [""] * len(written)) == tuple(written)
    assert cursor.isascii()


@pytest.mark.parametrize("text", ["", "a", "a@b.example", "ö", "YQ== ", "YQ", "YQ==.YQ=="])
def test_text_that_is_no_text_cursor_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text_cursor(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["YQ==", "YQ==.", ".YQ==", "YQ==.YQ==.YQ=="])
def test_a_text_cursor_with_more_or_fewer_keys_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_text_cursor(text, ("", ""))


@pytest.mark.parametrize("text", ["_w==", "YR==", "_-_-", "7aCA"])
def test_a_text_cursor_that_nobody_was_given_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_text_cursor(text)


@settings(deadline=None)
@given(text=st.from_regex(r"[A-Za-z0-9_=.-]{0,12}", fullmatch=True))
def test_whatever_is_taken_is_what_would_have_been_written(text: str) -> None:
    try:
        found = read_text_cursor(text)
    except InputError:
        return
    assert write_text_cursor(*found) == text
