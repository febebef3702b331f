"""What every implementation of `Alarms` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import alarm, at
from postroom.errors import InputError
from postroom.interfaces.stores import Stores


class AlarmsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_one_alarm_of_a_key_is_open(self, stores: Stores) -> None:
        first = alarm("silent shop")
        assert await stores.alarms.sound(first)
        assert not await stores.alarms.sound(replace(first, title="other", raised_at=at(5)))
        assert (await stores.alarms.open()).rows == (first,)

    async def test_of_many_at_once_one_is_sounded(self, stores: Stores) -> None:
        made = await asyncio.gather(*(stores.alarms.sound(alarm("silent shop", minute=n)) for n in range(20)))
        assert sum(made) == 1
        assert len((await stores.alarms.open()).rows) == 1

    async def test_an_alarm_that_was_cleared_may_sound_again(self, stores: Stores) -> None:
        assert await stores.alarms.sound(alarm("silent shop"))
        assert await stores.alarms.clear("silent shop", at=at(1))
        assert not await stores.alarms.clear("silent shop", at=at(2))
        assert (await stores.alarms.open()).rows == ()
        assert await stores.alarms.sound(alarm("silent shop", minute=3))
        assert (await stores.alarms.open()).rows == (alarm("silent shop", minute=3),)
        assert await stores.alarms.clear("silent shop", at=at(4))
        assert await stores.alarms.sound(alarm("silent shop", minute=5))

    async def test_what_does_not_sound_cannot_be_cleared(self, stores: Stores) -> None:
        await stores.alarms.sound(alarm("cap shop"))
        assert not await stores.alarms.clear("silent shop", at=at(1))
        await stores.alarms.told("silent shop", at=at(1))
        assert (await stores.alarms.open()).rows == (alarm("cap shop"),)

    async def test_people_are_told_of_each_alarm_once(self, stores: Stores) -> None:
        for key, minute in (("b", 2), ("a", 1), ("c", 3)):
            await stores.alarms.sound(alarm(key, minute=minute))
        assert [one.key for one in await stores.alarms.untold()] == ["a", "b", "c"]
        assert [one.key for one in await stores.alarms.untold(limit=2)] == ["a", "b"]
        for _ in range(2):
            await stores.alarms.told("a", at=at(4))
        await stores.alarms.clear("c", at=at(5))
        assert await stores.alarms.untold() == (alarm("b", minute=2),)
        assert (await stores.alarms.open()).rows == (
            replace(alarm("a", minute=1), told_at=at(4)),
            alarm("b", minute=2),
        )

    async def test_an_alarm_that_sounds_again_is_told_again(self, stores: Stores) -> None:
        await stores.alarms.sound(alarm("a"))
        await stores.alarms.told("a", at=at(1))
        await stores.alarms.clear("a", at=at(2))
        await stores.alarms.sound(alarm("a", minute=3))
        assert await stores.alarms.untold() == (alarm("a", minute=3),)

    async def test_open_alarms_come_oldest_first_in_pages(self, stores: Stores) -> None:
        for key, minute in (("d", 2), ("a", 4), ("c", 2), ("b", 1), ("e", 5)):
            await stores.alarms.sound(alarm(key, minute=minute))
        await stores.alarms.clear("e", at=at(6))
        first = await stores.alarms.open(limit=2)
        await stores.alarms.clear("d", at=at(6))
        rest = await stores.alarms.open(after=first.next_cursor, limit=2)
        assert [one.key for one in (*first.rows, *rest.rows)] == ["b", "d", "c", "a"]
        assert rest.next_cursor is None

    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.alarms.open(after="7")
