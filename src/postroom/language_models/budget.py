"""The budget of a day: reserved before a question, settled after it, so that many at once never pass it."""

from dataclasses import dataclass

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores.spending import Spending

_MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Whose cost is counted, under which account, and how much a day may cost, in millionths."""

    model: str
    account: str
    limit_millionths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentToday:
    """What a language model has cost on a day (ISO 8601, UTC), what is set aside for open questions included.

    In millionths of the currency of the prices. At `limit_millionths` nothing more is asked that day: local models
    decide and draft alone, by what was proven of them alone.
    """

    model: str
    day: str
    spent_millionths: int
    limit_millionths: int

    def in_words(self) -> str:
        """Return it as a sentence, and what the end of the budget means."""
        spent, limit = (amount / _MILLIONTHS for amount in (self.spent_millionths, self.limit_millionths))
        found = f"{self.model} has cost {spent:.4f} today (UTC), the budget is {limit:.2f}"
        if self.spent_millionths < self.limit_millionths:
            return f"{found}; at its end local models go on alone until midnight UTC"
        return f"{found}: IT IS SPENT, local models go on alone until midnight UTC"


async def spent_today(spending: Spending, clock: Clock, purse: Purse) -> SpentToday:
    """Return what was spent from a purse today.

    Raises:
        StoreError: the store cannot be reached.
    """
    day = clock.now().date().isoformat()
    return SpentToday(
        model=purse.model,
        day=day,
        spent_millionths=await spending.spent(purse.account, day),
        limit_millionths=purse.limit_millionths,
    )


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
