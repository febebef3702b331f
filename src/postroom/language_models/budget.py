"""The budget of a day: reserved before a question, settled after it, so that many at once never pass it."""

from dataclasses import dataclass

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores.spending import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What is set aside on a day (ISO 8601, UTC), in millionths."""

    day: str
    amount: int


class DailyBudget:
    """One account's budget; `limit_millionths` None counts what is spent and refuses nothing."""

    def __init__(self, spending: Spending, clock: Clock, *, account: str, limit_millionths: int | None) -> None:
        self._spending = spending
        self._clock = clock
        self._account = account
        self._limit = limit_millionths

    async def reserve(self, amount: int) -> Reservation | None:
        """Set `amount` aside; None where not so much is left today.

        Raises:
            StoreError: the store cannot be reached.
        """
        day = self._clock.now().date().isoformat()
        granted = await self._spending.reserve(self._account, day, amount=amount, limit=self._limit)
        return Reservation(day=day, amount=amount) if granted else None

    async def settle(self, reservation: Reservation, spent: int) -> None:
        """Put what was really spent in the place of a reservation; more than was set aside counts in full.

        Raises:
            StoreError: the store cannot be reached; the reservation stays.
        """
        more = spent - reservation.amount
        if more:
            await self._spending.reserve(self._account, reservation.day, amount=more, limit=None)
