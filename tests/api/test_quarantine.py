from dataclasses import replace

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.trial_case import open_shop
from contracts.store_nouns import SHOP, mailbox
from postroom.api import quarantine
from postroom.api.app import create_app
from postroom.api.office import OfficeStanding
from postroom.model.audit import AuditFilter
from postroom.model.email import RawEmail
from postroom.model.ledger import Quarantined
from postroom.model.user import Role

LIST = "/api/v1/quarantine"
BYTES = b"<script>alert(1)</script>\x00\xff"


@pytest.fixture
async def reader(rooms: Rooms) -> httpx.AsyncClient:
    """One who may only look, where three messages could not be read."""
    for number in range(1, 4):
        raw = RawEmail(mailbox_id=SHOP, uid_validity="1", uid=str(number), received_at=NOW, content=BYTES)
        entry = Quarantined(
            id=f"shop/1/{number}",
            mailbox_id=SHOP,
            uid_validity="1",
            uid=str(number),
            reason="Its parts never end.",
            size_bytes=len(BYTES),
            at=NOW,
        )
        await rooms.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    return await rooms.client(rooms.app(quarantine.ROUTER), Role.VIEWER)


async def test_what_could_not_be_accepted_is_listed_and_read(reader: httpx.AsyncClient) -> None:
    first = (await reader.get(LIST, params={"limit": 2})).json()
    rest = (await reader.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["id"] for row in [*first["rows"], *rest["rows"]]] == ["shop/1/1", "shop/1/2", "shop/1/3"]
    assert (await reader.get(f"{LIST}/shop/1/2")).json() == first["rows"][1]


async def test_the_bytes_are_given_as_bytes(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(f"{LIST}/shop/1/2/raw")
    assert answer.content == BYTES
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="shop-1-2.eml"')
    assert (await reader.head(f"{LIST}/shop/1/2/raw")).headers["content-length"] == str(len(BYTES))


@pytest.mark.parametrize("odd", ["nothing", "", "shop/1", "%00", "a" * 2_000])
async def test_what_is_not_there_is_not_found(reader: httpx.AsyncClient, odd: str) -> None:
    assert (await reader.get(f"{LIST}/{odd}")).status_code == 404
    assert (await reader.get(f"{LIST}/{odd}/raw")).status_code == 404


async def test_a_page_that_is_none_is_refused(reader: httpx.AsyncClient) -> None:
    assert (await reader.get(LIST, params={"after": "none"})).status_code == 422


LETTER = b"From: ann@example.com\r\nSubject: Hello\r\n\r\nWhere is my parcel?\r\n"


async def test_an_agent_lets_a_message_in_or_lets_it_go(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    await open_shop(rooms.stores)
    raw = RawEmail(mailbox_id=SHOP, uid_validity="1", uid="9", received_at=NOW, content=LETTER)
    entry = Quarantined(
        id="shop/1/9", mailbox_id=SHOP, uid_validity="1", uid="9", reason="size", size_bytes=len(LETTER), at=NOW
    )
    await rooms.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    office = replace(rooms.office, standing=lambda: OfficeStanding(mailboxes={SHOP: mailbox(SHOP)}, failures={}))
    agent = await rooms.client(create_app(office, [quarantine.ROUTER]), Role.AGENT)
    accepted = await agent.post(f"{LIST}/shop/1/9/accept")
    assert (accepted.status_code, accepted.json()["kind"]) == (200, "new"), accepted.text
    assert len(rooms.woken) == 1
    assert (await agent.post(f"{LIST}/shop/1/2/dismiss")).status_code == 204
    for verb in ("accept", "dismiss"):
        assert (await agent.post(f"{LIST}/shop/1/2/{verb}")).status_code == 404
        assert (await reader.post(f"{LIST}/shop/1/1/{verb}")).status_code == 403
    assert [row["id"] for row in (await reader.get(LIST)).json()["rows"]] == ["shop/1/1", "shop/1/3"]
    noted = (await rooms.stores.audit.list(AuditFilter(), limit=9)).rows
    assert [(entry.act, entry.subject, entry.status, entry.detail) for entry in reversed(noted[-2:])] == [
        ("accept_quarantined", "shop/1/9", 200, f"new {accepted.json()['email_id']}"),
        ("dismiss_quarantined", "shop/1/2", 204, ""),
    ]


async def test_of_a_mailbox_that_is_gone_nothing_is_let_in(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    agent = await rooms.client(rooms.app(quarantine.ROUTER), Role.AGENT)
    refused = await agent.post(f"{LIST}/shop/1/1/accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert len((await reader.get(LIST)).json()["rows"]) == 3
