from urllib.parse import quote

import httpx
import pytest

from api.conftest import Rooms
from postroom.api import suppressions
from postroom.model.user import Role

LIST = "/api/v1/suppressions"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate."""
    return await rooms.client(rooms.app(suppressions.ROUTER), Role.AGENT)


async def test_addresses_are_added_listed_and_removed(ann: httpx.AsyncClient) -> None:
    for address in ("Zoe@example.org", "a/b@example.org", "jürgen@example.org"):
        answer = await ann.post(LIST, json={"address": address})
        assert answer.status_code == 201
        assert (answer.json()["address"], answer.json()["reason"]) == (address.lower(), "added by agent")
    first = (await ann.get(LIST, params={"limit": 2})).json()
    rest = (await ann.get(LIST, params={"after": first["next_cursor"]})).json()
    found = [row["address"] for row in [*first["rows"], *rest["rows"]]]
    assert found == ["a/b@example.org", "jürgen@example.org", "zoe@example.org"]
    for address in found:
        assert (await ann.delete(f"{LIST}/{quote(address)}")).status_code == 204
        assert (await ann.delete(f"{LIST}/{quote(address)}")).status_code == 404
    assert (await ann.get(LIST)).json()["rows"] == []


async def test_an_address_is_on_the_list_once(ann: httpx.AsyncClient) -> None:
    assert (await ann.post(LIST, json={"address": "ann@example.org", "reason": "asked for it"})).status_code == 201
    assert (await ann.post(LIST, json={"address": "ANN@example.org"})).status_code == 409


@pytest.mark.parametrize(
    "address", ["ann", "ann@", "@example.org", "a b@c.org", "a\nb@c.org", "a\x00@c.org", "x" * 321]
)
async def test_what_is_no_address_is_refused(ann: httpx.AsyncClient, address: str) -> None:
    assert (await ann.post(LIST, json={"address": address})).status_code == 422
    assert (await ann.get(LIST)).json()["rows"] == []


async def test_who_may_only_look_changes_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await ann.post(LIST, json={"address": "ann@example.org"})
    viewer = await rooms.client(rooms.app(suppressions.ROUTER), Role.VIEWER)
    assert (await viewer.post(LIST, json={"address": "bob@example.org"})).status_code == 403
    assert (await viewer.delete(f"{LIST}/ann@example.org")).status_code == 403
    assert len((await viewer.get(LIST)).json()["rows"]) == 1
