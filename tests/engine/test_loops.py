"""Loops outlive what breaks in them."""

import asyncio

import pytest

from postroom.engine.loops import every_so_often
from postroom.errors import StoreError


@pytest.mark.parametrize("error", [StoreError("the disk is full"), ValueError("a bug")])
async def test_a_loop_goes_on_after_any_failure(error: Exception) -> None:
    looks: list[int] = []
    twice = asyncio.Event()

    async def look() -> None:
        looks.append(len(looks))
        if len(looks) == 1:
            raise error
        twice.set()

    loop = asyncio.create_task(every_so_often(0.001, look))
    async with asyncio.timeout(30):
        await twice.wait()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert looks[:2] == [0, 1]


async def test_a_loop_that_is_woken_looks_at_once() -> None:
    woken, looked = asyncio.Event(), asyncio.Event()
    looks: list[int] = []

    async def look() -> None:
        looks.append(len(looks))
        looked.set()

    # Far longer than the test may take.
    loop = asyncio.create_task(every_so_often(3600, look, woken))
    async with asyncio.timeout(30):
        await looked.wait()
        looked.clear()
        woken.set()
        await looked.wait()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert looks == [0, 1]
