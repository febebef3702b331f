import pytest
from fastapi import Request

from api.conftest import Rooms
from api.people import House, log_in
from postroom.api import sessions, stream_tickets, suppressions, webhooks
from postroom.api.access import Administrator, Decider
from postroom.api.audit import MOST_DETAIL_CHARS, note_detail, note_subject
from postroom.api.routing import router
from postroom.errors import ConflictError
from postroom.model.user import Role


@pytest.fixture
def house(rooms: Rooms) -> House:
    trial = router("/things", "things")

    @trial.get("/{name}")
    async def get_thing(name: str, _: Decider) -> str:
        return name

    @trial.post("/{name:path}/mend", status_code=202)
    async def mend_thing(name: str, _: Decider) -> str:
        if name == "taken":
            raise ConflictError("It is taken.")
        if name == "broken":
            raise RuntimeError("a bug")
        return name

    @trial.delete("/{name:path}", status_code=204)
    async def delete_thing(name: str, _: Administrator) -> None:
        del name

    @trial.put("/{name}", status_code=201)
    async def make_thing(request: Request, name: str, _: Decider) -> str:
        note_subject(request, "th_1")
        note_detail(request, f"{name}\u0007{'x' * 2_000}")
        return name

    return House(rooms=rooms, app=rooms.app(sessions.ROUTER, trial))


async def test_an_act_is_noted_with_who_what_and_what_came_of_it(house: House) -> None:
    client = await house.rooms.client(house.app, Role.AGENT)
    for name in ("a/b", "taken", "broken"):
        await client.post(f"/api/v1/things/{name}/mend")
    await client.delete("/api/v1/things/x")
    noted = [(entry.act, entry.subject, entry.status) for entry in reversed(await house.noted())]
    assert noted == [
        ("mend_thing", "a/b", 202),
        ("mend_thing", "taken", 409),
        ("mend_thing", "broken", 500),
        ("delete_thing", "x", 403),
    ]
    entry = (await house.noted())[0]
    assert (entry.by, entry.user_id, entry.address) == ("agent", "us_agent", "127.0.0.1")
    assert entry.credential.startswith("token cr_")


async def test_reading_and_strangers_are_not_noted(house: House) -> None:
    client = await house.rooms.client(house.app, Role.AGENT)
    await client.get("/api/v1/things/x")
    await client.head("/api/v1/things/x")
    stranger = await house.stranger()
    assert (await stranger.post("/api/v1/things/x/mend")).status_code == 401
    assert await house.noted() == ()


async def test_what_cannot_be_printed_is_noted_as_a_mark(house: House) -> None:
    client = await house.rooms.client(house.app, Role.AGENT)
    await client.post("/api/v1/things/a%00b%1bc/mend")
    await log_in(await house.stranger(), "x\u0007y", "whatever")
    typed, named = await house.noted()
    assert named.subject == "a\ufffdb\ufffdc"
    assert typed.by == "x\ufffdy"


async def test_an_endpoint_says_what_it_made_and_more(house: House) -> None:
    client = await house.rooms.client(house.app, Role.AGENT)
    await client.put("/api/v1/things/a")
    (entry,) = await house.noted()
    assert (entry.subject, entry.status, entry.detail[:4]) == ("th_1", 201, "a\ufffdxx")
    assert len(entry.detail) == MOST_DETAIL_CHARS


async def test_who_acts_for_another_site_is_noted(house: House) -> None:
    browser = await house.browser("ann")
    refused = await browser.post("/api/v1/things/a/mend", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    entry = (await house.noted())[0]
    assert (entry.by, entry.act, entry.subject, entry.status) == ("ann", "mend_thing", "a", 403)


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("fe80::1%<b>", "fe80::1"),
        ("<b>evil", ""),
        ("x" * 3_000, ""),
        ("192.0.2.7, 192.0.2.8", ""),
    ],
)
async def test_what_a_proxy_hands_on_is_noted_where_it_is_an_address(house: House, said: str, noted: str) -> None:
    await log_in(await house.from_address(said), "ann", "whatever")
    (entry,) = await house.noted()
    assert entry.address == noted


async def test_what_is_made_is_noted_by_its_id(rooms: Rooms) -> None:
    house = House(rooms=rooms, app=rooms.app(suppressions.ROUTER, webhooks.ROUTER, stream_tickets.ROUTER))
    client = await rooms.client(house.app, Role.ADMIN)
    made = await client.post("/api/v1/webhooks", json={"url": "https://hook.example/"})
    await client.post("/api/v1/suppressions", json={"address": "ann@example.com", "reason": "asked"})
    ticket = await client.post("/api/v1/stream-tickets")
    subjects = [entry.subject for entry in reversed(await house.noted())]
    assert subjects[:2] == [made.json()["webhook"]["id"], "ann@example.com"]
    assert subjects[2].startswith("ti_")
    assert ticket.json()["ticket"] not in subjects
