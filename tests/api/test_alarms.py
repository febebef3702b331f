import httpx
import pytest

from api.conftest import Rooms
from contracts.store_nouns import alarm
from postroom.api import alarms
from postroom.model.user import Role

LIST = "/api/v1/alarms"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate, where three things are wrong."""
    for minute in range(3):
        await rooms.stores.alarms.sound(alarm(f"silent/shop{minute}", minute=minute))
    return await rooms.client(rooms.app(alarms.ROUTER), Role.AGENT)


async def test_alarms_are_listed_oldest_first_and_cleared(ann: httpx.AsyncClient) -> None:
    first = (await ann.get(LIST, params={"limit": 2})).json()
    rest = (await ann.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["key"] for row in [*first["rows"], *rest["rows"]]] == ["silent/shop0", "silent/shop1", "silent/shop2"]
    assert (await ann.post(f"{LIST}/silent/shop1/clear")).status_code == 204
    assert [row["key"] for row in (await ann.get(LIST)).json()["rows"]] == ["silent/shop0", "silent/shop2"]
    assert (await ann.post(f"{LIST}/silent/shop1/clear")).status_code == 404


@pytest.mark.parametrize("odd", ["", "nothing", "%00", "a" * 2_000])
async def test_an_alarm_that_is_not_open_is_not_found(ann: httpx.AsyncClient, odd: str) -> None:
    assert (await ann.post(f"{LIST}/{odd}/clear")).status_code == 404


async def test_who_may_only_look_clears_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    viewer = await rooms.client(rooms.app(alarms.ROUTER), Role.VIEWER)
    assert (await viewer.post(f"{LIST}/silent/shop1/clear")).status_code == 403
    assert len((await viewer.get(LIST)).json()["rows"]) == 3
