"""Senders by API, with a folder as a real one."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from actions.dns_case import name_server
from api.conftest import Rooms
from contracts.store_nouns import mailbox
from postroom.actions.deliverability_dns import DnsResolver
from postroom.api import senders
from postroom.api.app import create_app
from postroom.model.email import Address
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


ZONE = {
    ("shop.com", "TXT"): ('"v=spf1 include:mail.com ~all"',),
    ("shop.com", "MX"): ("10 mx.shop.com.",),
    ("_dmarc.shop.com", "TXT"): ('"v=DMARC1; p=quarantine"',),
    ("s1._domainkey.shop.com", "TXT"): ('"v=DKIM1; k=rsa; p=MIGf"',),
}


async def test_whether_its_mail_will_be_believed_is_looked_up(rooms: Rooms) -> None:
    async with name_server(ZONE) as port:
        office = replace(rooms.office, resolver=DnsResolver(["127.0.0.1"], port=port))
        admin = await rooms.client(create_app(office, [senders.ROUTER]))
        assert (await admin.post(PLACE, json=smtp())).status_code == 201
        nobody = await admin.get(f"{PLACE}/post/deliverability")
        assert nobody.json() == {"domains": [], "left_out": 0}
        for name in ("shop", "sales"):
            box = replace(mailbox(name), sender="post", address=Address(name="", address=f"{name}@shop.com"))
            await rooms.stores.mailboxes.add(box)
        answer = await admin.get(f"{PLACE}/post/deliverability", params={"dkim_selector": "s1"})
        (found,) = answer.json()["domains"]
        assert (found["from_domain"], found["bounce_domain"]) == ("shop.com", "shop.com")
        assert [one["name"] for one in found["checks"]] == ["alignment", "SPF", "DKIM", "DMARC", "MX"]
        assert all(one["ok"] for one in found["checks"])
        other = await admin.get(f"{PLACE}/post/deliverability", params={"dkim_selector": "s2"})
        (key,) = [one for one in other.json()["domains"][0]["checks"] if one["name"] == "DKIM"]
        assert (key["ok"], key["hint"]) == (False, "Copy the record from your provider, or check the selector.")
    assert (await admin.get(f"{PLACE}/nothing/deliverability")).status_code == 404
    for odd in ("a b", "a\x00", "x" * 64, "ä"):
        assert (await admin.get(f"{PLACE}/post/deliverability", params={"dkim_selector": odd})).status_code == 422


async def test_of_many_domains_the_first_are_looked_up(rooms: Rooms) -> None:
    async with name_server({}) as port:
        office = replace(rooms.office, resolver=DnsResolver(["127.0.0.1"], port=port))
        admin = await rooms.client(create_app(office, [senders.ROUTER]))
        await admin.post(PLACE, json=smtp())
        for number in range(senders.MOST_DOMAINS + 3):
            box = mailbox(f"shop{number:02}")
            await rooms.stores.mailboxes.add(
                replace(box, sender="post", address=Address(name="", address=f"a@shop{number}.example"))
            )
        found = (await admin.get(f"{PLACE}/post/deliverability")).json()
    assert (len(found["domains"]), found["left_out"]) == (senders.MOST_DOMAINS, 3)


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
