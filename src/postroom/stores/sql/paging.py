"""Keyset cursors: where a page ended, as a short opaque text."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from postroom.errors import InputError
from postroom.model.page import Page
from postroom.stores.sql.rows import Found

Noun = TypeVar("Noun")

BEFORE_ALL = -1
AFTER_ALL = 2**63 - 1


def read_cursor(text: str | None, start: Sequence[int]) -> tuple[int, ...]:
    """Return the numbers of a cursor, `start` where there is none.

    Raises:
        InputError: the text is no cursor of such a list.
    """
    if text is None:
        return tuple(start)
    parts = text.split("-")
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19)
    if len(parts) != len(start) or len(numbers) != len(start):
        raise InputError(
            f"{text[:40]!r} is not a cursor of this list.", hint="Pass next_cursor of the page before, unchanged."
        )
    return numbers


def write_cursor(*numbers: int) -> str:
    """Return the cursor of a row whose keys are `numbers` (none below 0)."""
    return "-".join(str(number) for number in numbers)


def make_page(
    rows: Sequence[Found], limit: int, noun_of: Callable[[Found], Noun], key_of: Callable[[Found], str]
) -> Page[Noun]:
    """Return the page of `rows`, which were asked for with one row more than `limit` to see whether there is a next."""
    shown = rows[:limit]
    more = len(rows) > limit and bool(shown)
    return Page(rows=tuple(noun_of(row) for row in shown), next_cursor=key_of(shown[-1]) if more else None)
