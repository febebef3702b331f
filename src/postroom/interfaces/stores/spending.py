"""Spending: what paid models have cost each day."""

from typing import Protocol


class Spending(Protocol):
    """Keeps one sum a day and account, in millionths of the currency of the prices."""

    async def reserve(self, account: str, day: str, *, amount: int, limit: int | None) -> bool:
        """Add `amount` to the sum of `day` (ISO 8601) unless that would exceed `limit`; False then.

        A negative amount gives back what was reserved and not used.
        """
        ...

    async def spent(self, account: str, day: str) -> int:
        """Return the sum of a day."""
        ...
