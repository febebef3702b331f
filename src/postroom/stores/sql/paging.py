"""Keyset cursors: where a page ended, as a short opaque text."""

import base64
import binascii
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
        raise _no_cursor(text)
    return numbers


def write_cursor(*numbers: int) -> str:
    """Return the cursor of a row whose keys are `numbers` (none below 0)."""
    return "-".join(str(number) for number in numbers)


def read_text_cursor(text: str | None) -> str:
    """Return the key of a cursor of a list that goes by a text, where there is none the empty one: it is before all.

    Raises:
        InputError: the text is no such cursor.
    """
    if text is None:
        return ""
    try:
        key = base64.b64decode(text.encode(), altchars=b"-_", validate=True).decode(errors="replace")
    except (binascii.Error, UnicodeError):
        raise _no_cursor(text) from None
    if not key:
        raise _no_cursor(text)
    # Whatever text it is names a place between two keys; none has the sign that stores refuse.
    return key.replace("\x00", "\ufffd")


def write_text_cursor(key: str) -> str:
    """Return the cursor of a row whose key is a text that is not empty."""
    return base64.urlsafe_b64encode(key.encode()).decode()


def make_page(
    rows: Sequence[Found], limit: int, noun_of: Callable[[Found], Noun], key_of: Callable[[Found], str]
) -> Page[Noun]:
    """Return the page of `rows`, which were asked for with one row more than `limit` to see whether there is a next."""
    shown = rows[:limit]
    more = len(rows) > limit and bool(shown)
    return Page(rows=tuple(noun_of(row) for row in shown), next_cursor=key_of(shown[-1]) if more else None)


def _no_cursor(text: str) -> InputError:
    return InputError(
        f"{text[:40]!r} is not a cursor of this list.", hint="Pass next_cursor of the page before, unchanged."
    )
