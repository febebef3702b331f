"""Reading a list page by page to its end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from postroom.model.page import Page

Row = TypeVar("Row")


async def every(page_after: Callable[[str | None], Awaitable[Page[Row]]]) -> AsyncIterator[Row]:
    """Yield all rows; `page_after` gives the page behind a cursor (None: the first one)."""
    after: str | None = None
    while True:
        page = await page_after(after)
        for row in page.rows:
            yield row
        if page.next_cursor is None:
            return
        after = page.next_cursor
