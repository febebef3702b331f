import asyncio
from datetime import timedelta

import pytest

from postroom.actions.desk import Desk
from postroom.actions.once import KeyReusedError, OnceKey, planned_once
from postroom.errors import ConflictError

KEY = OnceKey(key="us_1/k", fingerprint="a")


def plans(*texts: str) -> "Plans":
    return Plans(list(texts))


class Plans:
    """Makes one plan after the other."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    async def __call__(self) -> str:
        return self._texts.pop(0)


async def test_the_first_plan_under_a_key_stays(desk: Desk) -> None:
    make = plans("first", "second")

    assert await planned_once(desk, KEY, make) == "first"
    assert await planned_once(desk, KEY, make) == "first"


async def test_two_that_come_at_the_same_time_get_one_plan(desk: Desk) -> None:
    found = await asyncio.gather(*(planned_once(desk, KEY, plans(str(number))) for number in range(5)))

    assert len(set(found)) == 1


async def test_without_a_key_every_plan_is_new(desk: Desk) -> None:
    make = plans("first", "second")

    assert [await planned_once(desk, None, make), await planned_once(desk, None, make)] == ["first", "second"]


async def test_a_key_that_stands_for_another_request_is_refused(desk: Desk) -> None:
    await planned_once(desk, KEY, plans("first"))

    with pytest.raises(KeyReusedError):
        await planned_once(desk, OnceKey(key=KEY.key, fingerprint="b"), plans("second"))


async def test_what_cannot_be_planned_is_not_kept(desk: Desk) -> None:
    async def fails() -> str:
        raise ConflictError("Not now.")

    with pytest.raises(ConflictError):
        await planned_once(desk, KEY, fails)
    assert await planned_once(desk, KEY, plans("later")) == "later"


async def test_what_was_kept_a_day_ago_is_forgotten(desk: Desk) -> None:
    await planned_once(desk, KEY, plans("first"))
    before = desk.clock.now() + timedelta(seconds=1)
    await desk.stores.submissions.forget(before=before)

    assert await planned_once(desk, KEY, plans("second")) == "second"
