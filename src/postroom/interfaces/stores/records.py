"""Records: what the data logger wrote."""

from typing import Protocol

from postroom.model.page import Page
from postroom.model.record import Record


class Records(Protocol):
    """Keeps one record per execution."""

    async def put(self, record: Record) -> None:
        """Store a record; one of the same execution is replaced."""
        ...

    async def list(self, *, after: str | None = None, limit: int = 500) -> Page[Record]:
        """Return records in the order they were first written."""
        ...
