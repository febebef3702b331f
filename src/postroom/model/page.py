"""A page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows in order, and the cursor of the next page (None: this is the last one)."""

    rows: tuple[Row, ...]
    next_cursor: str | None = None
