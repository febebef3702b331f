"""Cursors are opaque, and what is none is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.errors import InputError
from postroom.stores.sql.paging import read_cursor, read_text_cursor, write_cursor, write_text_cursor

numbers = st.lists(st.integers(min_value=0, max_value=10**17), min_size=1, max_size=3)


@settings(deadline=None)
@given(numbers=numbers)
def test_a_written_cursor_is_read_again(numbers: list[int]) -> None:
    assert read_cursor(write_cursor(*numbers), numbers) == tuple(numbers)


def test_no_cursor_is_the_start() -> None:
    assert read_cursor(None, (-1, 5)) == (-1, 5)


@settings(deadline=None)
@given(text=st.text().filter(lambda text: not text.isdigit()))
def test_text_that_is_no_number_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_cursor(text, (0,))
    assert caught.value.hint


@pytest.mark.parametrize("text", ["1-2", "1-", "²", "1e3", " 1"])
def test_a_cursor_of_another_list_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_cursor(text, (0,))


@settings(deadline=None)
@given(key=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_a_written_text_cursor_is_read_again_and_is_plain_ascii(key: str) -> None:
    cursor = write_text_cursor(key)
    assert read_text_cursor(cursor) == key
    assert cursor.isascii()


def test_no_text_cursor_is_before_all() -> None:
    assert read_text_cursor(None) == ""


@pytest.mark.parametrize("text", ["", "a", "a@b.example", "ö", "YQ== "])
def test_text_that_is_no_text_cursor_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text_cursor(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["_w==", "AA=="])
def test_a_text_cursor_that_nobody_was_given_names_a_place_that_stores_take(text: str) -> None:
    assert read_text_cursor(text) == "\ufffd"
