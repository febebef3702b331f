"""What was found a moment ago is told again."""

import asyncio

import pytest

from postroom.api.brief import Brief
from postroom.errors import StoreError


class Looks:
    """Counts how often somebody looked; the look ends when it is let go."""

    def __init__(self) -> None:
        self.count = 0
        self.let_go = asyncio.Event()
        self.now = 0.0
        self.broken = False

    async def look(self) -> int:
        self.count += 1
        await self.let_go.wait()
        if self.broken:
            raise StoreError("It is gone.")
        return self.count

    def brief(self) -> Brief[int]:
        return Brief(self.look, seconds=2.0, monotonic=lambda: self.now)


async def test_many_who_ask_at_once_share_one_look() -> None:
    looks = Looks()
    brief = looks.brief()
    asking = [asyncio.create_task(brief.get()) for _ in range(50)]
    await asyncio.sleep(0)
    looks.let_go.set()
    assert await asyncio.gather(*asking) == [1] * 50
    assert looks.count == 1


async def test_it_looks_again_once_the_moment_has_passed() -> None:
    looks = Looks()
    looks.let_go.set()
    brief = looks.brief()
    looks.now = 1.9
    assert await brief.get() == 1
    looks.now = 3.8
    assert await brief.get() == 1
    looks.now = 4.0
    assert await brief.get() == 2


async def test_a_failure_is_shared_too_and_forgotten_after_the_moment() -> None:
    looks = Looks()
    looks.let_go.set()
    looks.broken = True
    brief = looks.brief()
    for _ in range(3):
        with pytest.raises(StoreError):
            await brief.get()
    assert looks.count == 1
    looks.broken, looks.now = False, 2.0
    assert await brief.get() == 2


async def test_one_who_stops_waiting_does_not_take_the_answer_from_the_others() -> None:
    looks = Looks()
    brief = looks.brief()
    first, second = asyncio.create_task(brief.get()), asyncio.create_task(brief.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    looks.let_go.set()
    assert await second == 2
