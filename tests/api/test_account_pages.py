"""Pages of what the store gives whole."""

import pytest

from postroom.api.account_pages import page_by_name
from postroom.errors import InputError


def test_pages_together_hold_every_row_once() -> None:
    rows, after, seen = ["c", "a", "e", "b", "d"], None, list[str]()
    for _ in range(3):
        page = page_by_name(rows, str, after=after, limit=2)
        seen += page.rows
        after = page.next_cursor
    assert seen == ["a", "b", "c", "d", "e"]
    assert after is None
    assert page_by_name(rows, str, after=None, limit=5).next_cursor is None


@pytest.mark.parametrize("cursor", ["!", "ä", "abc", "\ud800"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InputError):
        page_by_name(["a"], str, after=cursor, limit=1)
