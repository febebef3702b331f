import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.api.routing import NUMBER, TEXT
from postroom.stores.sql.paging import read_cursor, read_text_cursor, write_cursor, write_text_cursor

KEYS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=320)


@given(st.integers(0, 10**18 - 1))
def test_a_cursor_of_a_number_has_its_form(number: int) -> None:
    assert re.fullmatch(NUMBER, write_cursor(number))


@given(KEYS)
def test_a_cursor_of_a_text_has_its_form(key: str) -> None:
    assert re.fullmatch(TEXT, write_text_cursor(key))


@pytest.mark.parametrize(
    ("form", "read"), [(NUMBER, lambda text: read_cursor(text, (0,))), (TEXT, read_text_cursor)], ids=["number", "text"]
)
def test_whatever_has_its_form_is_a_cursor(form: str, read: Callable[[str], object]) -> None:
    @given(st.from_regex(form, fullmatch=True))
    def is_one(text: str) -> None:
        read(text.rstrip("\n"))

    is_one()
