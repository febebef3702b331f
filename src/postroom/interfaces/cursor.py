"""Keyset cursors: where a page ended, as a short opaque text. Every list has this one way to write and read them."""

import base64
import binascii
from collections.abc import Sequence

from postroom.errors import InputError

_MOST_DIGITS = 18


def read_cursor(text: str | None, start: Sequence[int]) -> tuple[int, ...]:
    """Return the numbers of a cursor, `start` where there is none.

    Raises:
        InputError: the text is no cursor of such a list.
    """
    if text is None:
        return tuple(start)
    parts = text.split("-")
    if len(parts) != len(start) or not all(_is_number(part) for part in parts):
        raise _no_cursor(text)
    return tuple(int(part) for part in parts)


def write_cursor(*numbers: int) -> str:
    """Return the cursor of a row whose keys are `numbers` (none below 0)."""
    return "-".join(str(number) for number in numbers)


def read_text_cursor(text: str | None, start: Sequence[str] = ("",)) -> tuple[str, ...]:
    """Return the texts of a cursor, `start` where there is none: empty ones are before all.

    Raises:
        InputError: the text is no cursor of such a list.
    """
    if text is None:
        return tuple(start)
    try:
        keys = tuple(base64.b64decode(part, altchars=b"-_", validate=True).decode() for part in text.split("."))
    except (binascii.Error, ValueError):
        raise _no_cursor(text) from None
    # What decodes to a key and is not how that key is written was made by somebody else.
    if len(keys) != len(start) or write_text_cursor(*keys) != text or not all(keys):
        raise _no_cursor(text)
    return keys


def write_text_cursor(*keys: str) -> str:
    """Return the cursor of a row whose keys are texts that are not empty."""
    return ".".join(base64.urlsafe_b64encode(key.encode()).decode() for key in keys)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS and str(int(part)) == part


def _no_cursor(text: str) -> InputError:
    return InputError(
        f"{text[:40]!r} is not a cursor of this list.", hint="Pass next_cursor of the page before, unchanged."
    )
