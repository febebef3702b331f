"""Notifiers by API."""

import httpx
import pytest

from api.conftest import Rooms
from postroom.api import notifiers
from postroom.model.user import Role

PLACE = "/api/v1/notifiers"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
VALUES = {"url": "https://hooks.example.org/very-secret", "secret": SECRET}
HOOK = {"name": "hook", "kind": "webhook", "values": VALUES}


@pytest.fixture
async def admin(rooms: Rooms) -> httpx.AsyncClient:
    return await rooms.client(rooms.app(notifiers.ROUTER))


async def test_a_notifier_is_tried_stored_changed_and_forgotten(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    made = await admin.post(PLACE, json=HOOK)
    assert made.status_code == 201, made.text
    assert made.json()["secrets"] == ["secret"]
    changed = await admin.patch(f"{PLACE}/hook", json={"revision": 0, "values": {"timeout_seconds": 5}})
    assert changed.json()["values"]["timeout_seconds"] == 5
    tried = await admin.post(f"{PLACE}/hook/test")
    assert tried.json() == {"text": "It can tell."}
    for answer in (made, changed, tried, await admin.get(PLACE)):
        assert SECRET not in answer.text
    assert (await admin.delete(f"{PLACE}/hook")).status_code == 204
    assert (await admin.get(PLACE)).json()["rows"] == []


async def test_an_address_that_may_hold_a_secret_is_for_those_who_configure(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    await admin.post(PLACE, json=HOOK)
    assert "very-secret" in (await admin.get(f"{PLACE}/hook")).text
    for role in (Role.AGENT, Role.VIEWER):
        other = await rooms.client(rooms.app(notifiers.ROUTER), role)
        for place in (PLACE, f"{PLACE}/hook"):
            answer = await other.get(place)
            assert answer.status_code == 200
            assert "very-secret" not in answer.text


async def test_one_that_names_a_sender_that_is_not_there_is_refused(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    values = {"to": ["ann@example.org"], "from_address": "shop@example.org", "sender": "nobody"}
    answer = await admin.post(PLACE, json={"name": "letters", "kind": "email", "values": values})
    assert answer.status_code == 422
    assert "nobody" in answer.json()["detail"]


async def test_only_administrators_change(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await admin.post(PLACE, json=HOOK)
    agent = await rooms.client(rooms.app(notifiers.ROUTER), Role.AGENT)
    calls = [
        await agent.post(PLACE, json=HOOK),
        await agent.post(f"{PLACE}/test", json=HOOK),
        await agent.post(f"{PLACE}/hook/test"),
        await agent.patch(f"{PLACE}/hook", json={"revision": 0}),
        await agent.delete(f"{PLACE}/hook"),
    ]
    assert [one.status_code for one in calls] == [403] * 5


async def test_the_own_network_is_refused_before_anything_is_tried(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    inside = {**HOOK, "values": {**VALUES, "allow_private": True}}
    for place in (PLACE, f"{PLACE}/test"):
        answer = await admin.post(place, json=inside)
        assert (answer.status_code, "allow_private" in answer.json()["detail"]) == (422, True)
    made = (await admin.post(PLACE, json=HOOK)).json()
    change = {"revision": made["revision"], "values": {"allow_private": True}}
    assert (await admin.patch(f"{PLACE}/hook", json=change)).status_code == 422
