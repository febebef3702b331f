"""Examples: labelled texts."""

from collections.abc import Sequence
from typing import Protocol

from postroom.model.example import EVERY_EXAMPLE, Example, ExampleFilter, ExampleId
from postroom.model.page import Page


class Examples(Protocol):
    """Keeps labelled texts by id; what a person says later replaces what was said before."""

    async def put(self, examples: Sequence[Example]) -> int:
        """Store or replace them, all or none; return how many are new."""
        ...

    async def get(self, example_id: ExampleId) -> Example:
        """Return one example.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(
        self, matching: ExampleFilter = EVERY_EXAMPLE, *, after: str | None = None, limit: int = 50
    ) -> Page[Example]:
        """Return examples in the order they were first stored."""
        ...

    async def count(self) -> dict[str, int]:
        """Return how many there are of each category that has any."""
        ...

    async def remove(self, example_id: ExampleId) -> bool:
        """Delete it and its judgements; False where there is none."""
        ...

    async def changes(self) -> int:
        """Return a number that grows with every change of examples and judgements."""
        ...
