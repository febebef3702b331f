"""Categories that people keep."""

from typing import Protocol

from postroom.model.category import Category
from postroom.model.page import Page


class Categories(Protocol):
    """Keeps categories by name."""

    async def add(self, category: Category) -> bool:
        """Store a new category; False where its name is taken."""
        ...

    async def change(self, category: Category) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        ...

    async def remove(self, name: str) -> bool:
        """Delete it; False where there is none."""
        ...

    async def get(self, name: str) -> Category:
        """Return one category.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Category]:
        """Return categories by name."""
        ...
