"""What every implementation of `Allowances` does."""

import asyncio

import pytest

from contracts.store_nouns import at, limit
from postroom.interfaces.stores import Stores
from postroom.model.allowance import Limit


async def take(stores: Stores, name: str, *limits: Limit, minute: int = 0) -> Limit | None:
    """Take places for the holder `name`."""
    return await stores.allowances.take(name, limits, at=at(minute))


class AllowancesContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_as_many_holders_as_the_cap_have_a_place(self, stores: Stores) -> None:
        two = limit("ann", 2)
        found = [await take(stores, name, two) for name in ("a", "b", "c", "d")]
        assert found == [None, None, two, two]

    @pytest.mark.parametrize("cap", [1, 7])
    async def test_of_many_at_once_exactly_the_cap_has_a_place(self, stores: Stores, cap: int) -> None:
        capped = limit("shop", cap, total=True)
        found = await asyncio.gather(*(take(stores, f"r{number}", capped) for number in range(50)))
        assert found.count(None) == cap
        assert found.count(capped) == 50 - cap

    async def test_taking_again_keeps_the_place_and_takes_no_other(self, stores: Stores) -> None:
        two = limit("ann", 2)
        for _ in range(5):
            assert await take(stores, "a", two) is None
        assert await take(stores, "b", two) is None
        assert await take(stores, "c", two) == two
        assert await take(stores, "a", two) is None

    async def test_many_tries_of_one_holder_at_once_take_one_place(self, stores: Stores) -> None:
        two = limit("ann", 2)
        found = await asyncio.gather(*(take(stores, "a", two) for _ in range(20)))
        assert found == [None] * 20
        assert await take(stores, "b", two) is None
        assert await take(stores, "c", two) == two

    async def test_the_first_full_limit_is_told_and_nothing_is_taken(self, stores: Stores) -> None:
        wide, narrow, shut = limit("shop", 2), limit("ann", 1), limit("eve", 0)
        assert await take(stores, "a", wide, narrow) is None
        assert await take(stores, "b", wide, narrow, shut) == narrow
        assert await take(stores, "b", wide, shut, narrow) == shut
        assert await take(stores, "c", wide) is None
        assert await take(stores, "d", wide) == wide

    async def test_scopes_do_not_count_for_each_other(self, stores: Stores) -> None:
        assert await take(stores, "a", limit("ann", 1)) is None
        assert await take(stores, "b", limit("bob", 1)) is None
        assert await take(stores, "c", limit("ann", 1)) == limit("ann", 1)

    async def test_a_place_counts_until_its_window_is_over(self, stores: Stores) -> None:
        one = limit("ann", 1, minutes=10)
        assert await take(stores, "a", one, minute=0) is None
        assert await take(stores, "b", one, minute=9) == one
        assert await take(stores, "b", one, minute=10) is None
        assert await take(stores, "c", one, minute=19) == one
        assert await take(stores, "c", one, minute=20) is None

    async def test_two_windows_over_one_scope_count_apart(self, stores: Stores) -> None:
        hour, day = limit("shop", 2, minutes=60), limit("shop", 3, minutes=24 * 60)
        assert [await take(stores, name, hour, day) for name in ("a", "b", "c")] == [None, None, hour]
        assert await take(stores, "c", hour, day, minute=61) is None
        assert await take(stores, "d", hour, day, minute=62) == day
        assert await take(stores, "d", hour, day, minute=24 * 60) is None

    async def test_a_place_from_before_the_window_must_be_taken_again(self, stores: Stores) -> None:
        one = limit("ann", 1, minutes=10)
        assert await take(stores, "a", one, minute=0) is None
        assert await take(stores, "b", one, minute=10) is None
        assert await take(stores, "a", one, minute=11) == one
        assert await take(stores, "a", one, minute=20) is None
        assert await take(stores, "b", one, minute=21) == one

    async def test_a_cap_of_nothing_is_always_full(self, stores: Stores) -> None:
        assert await take(stores, "a", limit("ann", 1)) is None
        assert await take(stores, "a", limit("ann", 0)) == limit("ann", 0)

    async def test_a_lower_cap_leaves_those_who_have_a_place_alone(self, stores: Stores) -> None:
        for name in ("a", "b"):
            assert await take(stores, name, limit("ann", 2)) is None
        assert await take(stores, "a", limit("ann", 1)) is None
        assert await take(stores, "c", limit("ann", 1)) == limit("ann", 1)

    async def test_a_limit_that_came_later_is_taken_too(self, stores: Stores) -> None:
        assert await take(stores, "a", limit("ann", 1)) is None
        assert await take(stores, "a", limit("ann", 1), limit("shop", 1)) is None
        assert await take(stores, "b", limit("bob", 1), limit("shop", 1)) == limit("shop", 1)

    async def test_without_limits_there_is_room(self, stores: Stores) -> None:
        assert await take(stores, "a") is None
