"""Suppressions: addresses that nothing is sent to any more."""

from typing import Protocol

from postroom.model.page import Page
from postroom.model.suppression import Suppression


class Suppressions(Protocol):
    """Keeps the suppression list; addresses are compared in lower case."""

    async def add(self, suppression: Suppression) -> bool:
        """Store it; False where the address is on the list already (nothing changes then)."""
        ...

    async def get(self, address: str) -> Suppression | None:
        """Return what is known of an address, None where it is not on the list."""
        ...

    async def remove(self, address: str) -> bool:
        """Take an address off the list; False where it is not on it."""
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Suppression]:
        """Return the list by address."""
        ...
