"""What every implementation of `Spending` does."""

import asyncio

from postroom.interfaces.stores import Stores

DAY, NEXT = "2026-03-01", "2026-03-02"


class SpendingContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_nothing_is_spent_on_a_new_day(self, stores: Stores) -> None:
        assert await stores.spending.spent("gpt", DAY) == 0

    async def test_sums_grow_by_account_and_day(self, stores: Stores, second: Stores) -> None:
        for account, day, amount in (("gpt", DAY, 3), ("gpt", DAY, 4), ("gpt", NEXT, 5), ("other", DAY, 6)):
            assert await stores.spending.reserve(account, day, amount=amount, limit=100)
        found = [await second.spending.spent(*key) for key in (("gpt", DAY), ("gpt", NEXT), ("other", DAY))]
        assert found == [7, 5, 6]

    async def test_a_limit_is_reached_and_never_passed(self, stores: Stores) -> None:
        assert await stores.spending.reserve("gpt", DAY, amount=6, limit=10)
        assert not await stores.spending.reserve("gpt", DAY, amount=5, limit=10)
        assert await stores.spending.reserve("gpt", DAY, amount=4, limit=10)
        assert not await stores.spending.reserve("gpt", DAY, amount=1, limit=10)
        assert await stores.spending.spent("gpt", DAY) == 10

    async def test_without_a_limit_everything_is_counted_and_nothing_refused(self, stores: Stores) -> None:
        assert await stores.spending.reserve("gpt", DAY, amount=2**40, limit=None)
        assert await stores.spending.spent("gpt", DAY) == 2**40

    async def test_what_is_given_back_can_be_spent_again(self, stores: Stores) -> None:
        assert await stores.spending.reserve("gpt", DAY, amount=10, limit=10)
        assert await stores.spending.reserve("gpt", DAY, amount=-7, limit=10)
        assert await stores.spending.spent("gpt", DAY) == 3
        assert await stores.spending.reserve("gpt", DAY, amount=7, limit=10)

    async def test_giving_back_works_under_a_limit_that_was_lowered(self, stores: Stores) -> None:
        assert await stores.spending.reserve("gpt", DAY, amount=10, limit=10)
        assert await stores.spending.reserve("gpt", DAY, amount=-1, limit=5)
        assert await stores.spending.spent("gpt", DAY) == 9

    async def test_more_given_back_than_was_taken_is_no_credit(self, stores: Stores) -> None:
        assert await stores.spending.reserve("gpt", DAY, amount=-7, limit=10)
        assert await stores.spending.spent("gpt", DAY) == 0

    async def test_of_many_at_once_as_many_as_fit_succeed(self, stores: Stores, second: Stores) -> None:
        asked = [(stores, second)[number % 2].spending.reserve("gpt", DAY, amount=3, limit=31) for number in range(40)]
        assert (await asyncio.gather(*asked)).count(True) == 10
        assert await stores.spending.spent("gpt", DAY) == 30
