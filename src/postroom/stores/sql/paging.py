"""Pages: rows up to a limit, and the cursor of what follows."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from postroom.model.page import Page
from postroom.stores.sql.rows import Found

Noun = TypeVar("Noun")

BEFORE_ALL = -1
AFTER_ALL = 2**63 - 1


def make_page(
    rows: Sequence[Found], limit: int, noun_of: Callable[[Found], Noun], key_of: Callable[[Found], str]
) -> Page[Noun]:
    """Return the page of `rows`, which were asked for with one row more than `limit` to see whether there is a next."""
    shown = rows[:limit]
    more = len(rows) > limit and bool(shown)
    return Page(rows=tuple(noun_of(row) for row in shown), next_cursor=key_of(shown[-1]) if more else None)
