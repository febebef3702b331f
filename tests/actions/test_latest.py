import asyncio

import pytest

from postroom.actions.latest import MOST, Latest
from postroom.errors import StoreError


class Counted:
    """Computes and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    async def compute(self) -> int:
        """Return how often this was asked."""
        self.times += 1
        await asyncio.sleep(0)
        return self.times


async def test_a_value_is_computed_once_for_all_who_ask_at_once() -> None:
    latest, counted = Latest[int](), Counted()
    assert await asyncio.gather(*(latest.of("a", counted.compute) for _ in range(5))) == [1] * 5
    assert await latest.of("b", counted.compute) == 2
    assert await latest.of("a", counted.compute) == 1


async def test_only_the_last_ones_are_kept() -> None:
    latest, counted = Latest[int](), Counted()
    for ground in range(MOST + 1):
        await latest.of(ground, counted.compute)
    assert await latest.of(1, counted.compute) == 2
    assert await latest.of(0, counted.compute) == MOST + 2


async def test_what_failed_is_tried_again() -> None:
    async def fail() -> int:
        raise StoreError("The disk is full.", hint="Make room.")

    latest, counted = Latest[int](), Counted()
    with pytest.raises(StoreError):
        await latest.of("a", fail)
    assert await latest.of("a", counted.compute) == 1
