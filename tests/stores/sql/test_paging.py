"""A page ends where its limit is, and says whether anything follows."""

import pytest
from sqlalchemy import create_engine, text

from postroom.model.page import Page
from postroom.stores.sql.paging import make_page


def page(numbers: int, *, limit: int) -> Page[int]:
    with create_engine("sqlite://").connect() as connection:
        rows = connection.execute(text("SELECT value AS number FROM json_each(:all)"), {"all": str([*range(numbers)])})
        return make_page(rows.all(), limit, lambda row: int(row.number), lambda row: f"behind {row.number}")


@pytest.mark.parametrize(
    ("stored", "shown", "cursor"), [(0, (), None), (2, (0, 1), None), (3, (0, 1, 2), None), (4, (0, 1, 2), "behind 2")]
)
def test_only_a_page_that_something_follows_has_a_cursor(
    stored: int, shown: tuple[int, ...], cursor: str | None
) -> None:
    assert page(stored, limit=3) == Page(rows=shown, next_cursor=cursor)


def test_a_page_without_room_shows_nothing_and_has_no_cursor() -> None:
    assert page(1, limit=0) == Page(rows=())
