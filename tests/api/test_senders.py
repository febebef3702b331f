"""Senders by API, with a folder as a real one."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.conftest import Rooms
from contracts.store_nouns import mailbox
from postroom.api import senders
from postroom.model.user import Role

PLACE = "/api/v1/senders"
PASSWORD = "correct-horse-battery"


@pytest.fixture
async def admin(rooms: Rooms) -> httpx.AsyncClient:
    return await rooms.client(rooms.app(senders.ROUTER))


def smtp(name: str = "post", **changes: object) -> dict[str, object]:
    values = {"host": "smtp.example.org", "username": "shop", "password": PASSWORD}
    return {"name": name, "kind": "smtp", "values": values, **changes}


async def test_a_sender_is_tried_stored_changed_and_forgotten(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    made = await admin.post(PLACE, json=smtp())
    assert made.status_code == 201, made.text
    assert made.json()["secrets"] == ["password"]
    change = {"revision": 0, "values": {"port": 2525, "password": "another-secret"}}
    changed = await admin.patch(f"{PLACE}/post", json=change)
    assert changed.json()["values"]["port"] == 2525
    assert (await admin.patch(f"{PLACE}/post", json=change)).status_code == 409
    back = await admin.patch(f"{PLACE}/post", json={"revision": 1, "values": {"port": None}})
    assert "port" not in back.json()["values"]
    tried = await admin.post(f"{PLACE}/post/test")
    assert tried.json() == {"text": "It can send."}
    listed = await admin.get(PLACE)
    for answer in (made, changed, back, tried, listed):
        assert PASSWORD not in answer.text
        assert "another-secret" not in answer.text
    assert rooms.tried.names == ["sender post smtp"] * 4
    assert (await admin.delete(f"{PLACE}/post")).status_code == 204
    assert (await admin.get(f"{PLACE}/post")).status_code == 404


async def test_one_that_a_mailbox_names_stays(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await admin.post(PLACE, json=smtp())
    await rooms.stores.mailboxes.add(replace(mailbox("shop"), sender="post"))
    refused = await admin.delete(f"{PLACE}/post")
    assert refused.status_code == 409
    assert "shop" in refused.json()["detail"]


async def test_a_test_letter_is_handed_over(rooms: Rooms, admin: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = {"name": "folder", "kind": "outbox_folder", "values": {"path": str(tmp_path / "out")}}
    assert (await admin.post(PLACE, json=folder)).status_code == 201
    letter = {"to": "ann@example.org", "from_address": "shop@example.org"}
    answer = await admin.post(f"{PLACE}/folder/letter", json=letter)
    assert answer.status_code == 200, answer.text
    (sent,) = (tmp_path / "out").glob("*.eml")
    assert b"To: ann@example.org" in sent.read_bytes()
    assert (await admin.post(f"{PLACE}/folder/letter", json={"to": "ann@example.org"})).status_code == 422
    assert (await admin.post(f"{PLACE}/folder/letter", json={**letter, "to": "a\r\nBcc: x@y.z"})).status_code == 422
    assert (await admin.post(f"{PLACE}/none/letter", json=letter)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "pigeons"}, {"name": "../x"}, {"values": {}}, {"values": {"hosts": PASSWORD}}, {"values": {"host": 1}}],
)
async def test_what_cannot_be_used_is_refused_without_repeating_secrets(
    rooms: Rooms, admin: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    for place in (PLACE, f"{PLACE}/test"):
        answer = await admin.post(place, json={**smtp(), **wrong})
        assert answer.status_code == 422, answer.text
        assert PASSWORD not in answer.text
    assert rooms.tried.names == []


async def test_only_administrators_change(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await admin.post(PLACE, json=smtp())
    agent = await rooms.client(rooms.app(senders.ROUTER), Role.AGENT)
    assert (await agent.get(f"{PLACE}/post")).status_code == 200
    letter = {"to": "ann@example.org"}
    calls = [
        await agent.post(PLACE, json=smtp("other")),
        await agent.post(f"{PLACE}/test", json=smtp("other")),
        await agent.post(f"{PLACE}/post/test"),
        await agent.post(f"{PLACE}/post/letter", json=letter),
        await agent.patch(f"{PLACE}/post", json={"revision": 0}),
        await agent.delete(f"{PLACE}/post"),
    ]
    assert [one.status_code for one in calls] == [403] * 6
