from postroom.interfaces.stores.pages import every
from postroom.model.page import Page


async def test_every_row_of_every_page_is_given_once() -> None:
    pages: dict[str | None, Page[int]] = {
        None: Page(rows=(1, 2), next_cursor="a"),
        "a": Page(rows=(), next_cursor="b"),
        "b": Page(rows=(3,)),
    }

    async def page_after(cursor: str | None) -> Page[int]:
        return pages[cursor]

    assert [row async for row in every(page_after)] == [1, 2, 3]
