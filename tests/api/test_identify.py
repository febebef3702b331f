import json
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.types import Message, Scope

from api.conftest import NOW, Rooms
from api.people import ROUTERS, House, log_in
from postroom.actions.credentials import digest_of
from postroom.api.access import Decider, Reader
from postroom.api.app import create_app
from postroom.api.caller import Caller
from postroom.api.identify import SUBPROTOCOL, identify_stream, still_known
from postroom.api.problem import CallError
from postroom.model.credential import CredentialKind
from postroom.model.user import PERMISSIONS, Permission, Role, UserId

WHO = "/api/v1/sessions/current"
ACT = "/act"
HOST = "http://127.0.0.1:8025"


@pytest.fixture
def house(rooms: Rooms) -> House:
    trial = APIRouter()

    @trial.post(ACT)
    async def act(caller: Decider) -> str:
        return caller.name

    @trial.get(ACT)
    async def look(caller: Reader) -> str:
        return caller.name

    return House(rooms=rooms, app=rooms.app(*ROUTERS, trial))


async def test_a_request_without_credential_is_refused_and_told_how(house: House) -> None:
    answer = await (await house.stranger()).get(WHO)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_logged_in"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": HOST},
        {"Origin": HOST},
    ],
)
async def test_a_session_acts_from_our_own_page(house: House, headers: dict[str, str]) -> None:
    browser = await house.browser("ann")
    del browser.headers["sec-fetch-site"]
    assert (await browser.post(ACT, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": HOST},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8026"},
        {"Origin": "https://127.0.0.1:8025"},
        {"Origin": f"{HOST}.evil.example"},
        {"Referer": f"{HOST}/"},
    ],
)
async def test_a_session_does_not_act_for_another_site(house: House, headers: dict[str, str]) -> None:
    browser = await house.browser("ann")
    del browser.headers["sec-fetch-site"]
    refused = await browser.post(ACT, headers=headers)
    assert refused.status_code == 403
    assert (await browser.get(ACT, headers=headers)).status_code == 200


@pytest.mark.parametrize("name", ["sec-fetch-site", "origin"])
async def test_two_headers_that_disagree_are_not_believed(house: House, name: str) -> None:
    browser = await house.browser("ann")
    del browser.headers["sec-fetch-site"]
    good = "same-origin" if name == "sec-fetch-site" else HOST
    cookie = f"postroom_session={browser.cookies['postroom_session']}"
    headers = [(name, good), (name, "https://evil.example"), ("cookie", cookie)]
    assert (await (await house.rooms.client(house.app, None)).post(ACT, headers=headers)).status_code == 403


async def test_override_headers_change_neither_method_nor_path(house: House) -> None:
    browser = await house.browser("ann")
    headers = {"Sec-Fetch-Site": "cross-site", "X-HTTP-Method-Override": "GET", "X-Original-URL": WHO}
    assert (await browser.post(ACT, headers=headers)).status_code == 403


async def test_a_bearer_token_needs_no_page_and_never_looks_at_cookies(house: House) -> None:
    browser = await house.browser("ann")
    token = await house.rooms.token(Role.VIEWER)
    with_both = await browser.get(WHO, headers={"Authorization": f"Bearer {token}"})
    assert with_both.json()["user"]["name"] == "viewer"
    wrong = await browser.get(WHO, headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401
    agent = await house.rooms.client(house.app, Role.AGENT)
    assert (await agent.post(ACT, headers={"Sec-Fetch-Site": "cross-site"})).json() == "agent"


async def test_a_session_secret_is_no_token_and_a_token_no_session(house: House) -> None:
    browser = await house.browser("ann")
    stranger = await house.stranger()
    bearer = {"Authorization": f"Bearer {browser.cookies['postroom_session']}"}
    assert (await stranger.get(WHO, headers=bearer)).status_code == 401
    stranger.cookies.set("postroom_session", await house.rooms.token(Role.ADMIN))
    assert (await stranger.get(WHO)).status_code == 401


async def test_another_kind_of_authorization_leaves_the_cookie_to_decide(house: House) -> None:
    browser = await house.browser("ann")
    assert (await browser.get(WHO, headers={"Authorization": "Basic YTpi"})).status_code == 200


async def test_two_tokens_are_not_guessed_between(house: House) -> None:
    token = await house.rooms.token(Role.ADMIN)
    stranger = await house.stranger()
    headers = [("Authorization", "Bearer wrong"), ("Authorization", f"Bearer {token}")]
    assert (await stranger.get(WHO, headers=headers)).status_code == 400


async def test_a_token_does_no_more_than_its_scopes_and_the_role_now(house: House) -> None:
    scoped = await house.rooms.token(Role.ADMIN, Permission.READ)
    client = await house.rooms.client(house.app, None)
    client.headers["Authorization"] = f"Bearer {scoped}"
    assert (await client.get(ACT)).status_code == 200
    assert (await client.post(ACT)).status_code == 403
    everything = await house.rooms.client(house.app, Role.AGENT)
    assert (await everything.post(ACT)).status_code == 200
    agent = await house.rooms.stores.users.get(UserId("us_agent"))
    assert await house.rooms.stores.users.change(replace(agent, role=Role.VIEWER))
    assert (await everything.post(ACT)).status_code == 403


async def test_sessions_and_tokens_of_a_disabled_user_stop_at_once(house: House) -> None:
    browser = await house.browser("ann")
    program = await house.rooms.client(house.app, Role.AGENT)
    for user_id in ("us_ann", "us_agent"):
        user = await house.rooms.stores.users.get(UserId(user_id))
        assert await house.rooms.stores.users.change(replace(user, disabled=True))
    assert (await browser.get(WHO)).status_code == 401
    assert (await program.get(WHO)).status_code == 401


async def test_the_last_use_of_a_token_is_noted_once_a_minute(house: House) -> None:
    program = await house.rooms.client(house.app, Role.AGENT)
    credentials = house.rooms.stores.credentials
    seen = []
    for _ in range(5):
        await program.get(WHO)
        (token,) = (await credentials.list(CredentialKind.TOKEN, UserId("us_agent"))).rows
        seen.append(token.last_used_at)
        house.rooms.clock.advance(25)
    after = [NOW + timedelta(seconds=seconds) for seconds in (0, 0, 0, 75, 75)]
    assert seen == after


async def test_with_https_the_cookie_is_secure_and_bound_to_the_host(rooms: Rooms) -> None:
    office = replace(rooms.office, public_url="https://post.example")
    house = House(rooms=rooms, app=create_app(office, ROUTERS))
    await house.user("ann")
    transport = httpx.ASGITransport(app=house.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://post.example") as browser:
        answer = await log_in(browser, "ann")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-postroom_session=prs_")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        own = {"Origin": "https://post.example"}
        assert (await browser.get(WHO)).status_code == 200
        assert (await browser.delete(WHO, headers={"Origin": "http://post.example"})).status_code == 403
        secret = browser.cookies["__Host-postroom_session"]
        # A cookie that a page on plain http could have set counts for nothing.
        plain = {"Cookie": f"postroom_session={secret}"}
        browser.cookies.clear()
        assert (await browser.get(WHO, headers=plain)).status_code == 401
        assert (
            await browser.delete(WHO, headers={**own, "Cookie": f"__Host-postroom_session={secret}"})
        ).status_code == 204


@dataclass(frozen=True, slots=True)
class Line:
    """Opens live streams by ASGI; the application says who opened each, or why not."""

    app: FastAPI

    async def open(self, *headers: tuple[str, str], host: str = "127.0.0.1:8025") -> dict[str, object]:
        """Return what was told, or the first message where the connection was refused."""
        sent: list[Message] = []
        given = [(name.lower().encode(), value.encode()) for name, value in (("host", host), *headers)]
        scope: Scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/stream",
            "raw_path": b"/stream",
            "query_string": b"",
            "root_path": "",
            "headers": given,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8025),
            "subprotocols": [],
        }

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        told = [message["text"] for message in sent if message["type"] == "websocket.send"]
        if not told:
            return dict(sent[0])
        found = json.loads(told[0])
        assert isinstance(found, dict)
        return found


@pytest.fixture
def line(rooms: Rooms) -> Line:
    trial = APIRouter()

    @trial.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol=SUBPROTOCOL)
        try:
            caller = await identify_stream(websocket, rooms.office)
            await websocket.send_json({"name": caller.name, "known": await still_known(caller, rooms.office)})
        except CallError as error:
            await websocket.send_json({"status": error.status})
        await websocket.close()

    return Line(rooms.app(*ROUTERS, trial))


def cookie_of(browser: httpx.AsyncClient) -> tuple[str, str]:
    return "Cookie", f"postroom_session={browser.cookies['postroom_session']}"


def offering(ticket: str) -> tuple[str, str]:
    return "Sec-WebSocket-Protocol", f"postroom.v1, ticket.{ticket}"


async def test_a_stream_opens_with_the_session_from_our_own_page_only(house: House, line: Line) -> None:
    cookie = cookie_of(await house.browser("ann"))
    assert await line.open(cookie, ("Origin", HOST)) == {"name": "ann", "known": True}
    assert await line.open(cookie) == {"status": 403}
    assert await line.open(cookie, ("Origin", "https://evil.example")) == {"status": 403}
    assert await line.open(cookie, ("Origin", HOST), ("Origin", HOST)) == {"status": 403}
    assert await line.open(("Origin", HOST)) == {"status": 401}


async def test_a_stream_opens_with_a_token_of_a_program(house: House, line: Line) -> None:
    token = await house.rooms.token(Role.VIEWER)
    assert await line.open(("Authorization", f"Bearer {token}")) == {"name": "viewer", "known": True}
    assert await line.open(("Authorization", "Bearer wrong")) == {"status": 401}
    # No secret is read from a URL or from the list of subprotocols.
    assert await line.open(("Sec-WebSocket-Protocol", f"postroom.v1, {token}")) == {"status": 401}


async def test_a_ticket_opens_one_stream(house: House, line: Line) -> None:
    browser = await house.browser("ann")
    ticket = (await browser.post("/api/v1/stream-tickets")).json()["ticket"]
    assert await line.open(offering(ticket)) == {"name": "ann", "known": True}
    assert await line.open(offering(ticket)) == {"status": 401}


async def test_a_ticket_without_our_protocol_opens_nothing(house: House, line: Line) -> None:
    browser = await house.browser("ann")
    ticket = (await browser.post("/api/v1/stream-tickets")).json()["ticket"]
    assert await line.open(("Sec-WebSocket-Protocol", f"ticket.{ticket}")) == {"status": 401}
    two = ("Sec-WebSocket-Protocol", f"postroom.v1, ticket.{ticket}, ticket.another")
    assert await line.open(two) == {"status": 401}


async def test_a_ticket_is_worth_nothing_after_thirty_seconds(house: House, line: Line) -> None:
    browser = await house.browser("ann")
    tickets = [(await browser.post("/api/v1/stream-tickets")).json()["ticket"] for _ in range(2)]
    house.rooms.clock.advance(29)
    assert (await line.open(offering(tickets[0])))["name"] == "ann"
    house.rooms.clock.advance(1)
    assert await line.open(offering(tickets[1])) == {"status": 401}


async def test_a_ticket_is_worth_nothing_once_its_session_has_ended(house: House, line: Line) -> None:
    browser = await house.browser("ann")
    ticket = (await browser.post("/api/v1/stream-tickets")).json()["ticket"]
    await browser.delete(WHO)
    assert await line.open(offering(ticket)) == {"status": 401}


async def test_a_ticket_is_worth_nothing_once_its_user_is_disabled(house: House, line: Line) -> None:
    browser = await house.browser("ann")
    ticket = (await browser.post("/api/v1/stream-tickets")).json()["ticket"]
    user = await house.rooms.stores.users.get(UserId("us_ann"))
    assert await house.rooms.stores.users.change(replace(user, disabled=True))
    assert await line.open(offering(ticket)) == {"status": 401}


async def test_a_ticket_of_a_token_does_no_more_than_the_token(house: House) -> None:
    scoped = await house.rooms.token(Role.ADMIN, Permission.READ)
    client = await house.rooms.client(house.app, None)
    client.headers["Authorization"] = f"Bearer {scoped}"
    ticket = (await client.post("/api/v1/stream-tickets")).json()["ticket"]
    found = []
    trial = APIRouter()

    @trial.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        await websocket.accept(subprotocol=SUBPROTOCOL)
        found.append(await identify_stream(websocket, house.rooms.office))
        await websocket.close()

    await Line(house.rooms.app(trial)).open(offering(ticket))
    (caller,) = found
    assert caller.permissions == {Permission.READ}
    assert caller.credential_kind is CredentialKind.TOKEN
    assert caller.digest not in repr(caller)


async def test_an_open_stream_can_tell_that_its_session_has_ended(house: House) -> None:
    browser = await house.browser("ann")
    session = await house.rooms.stores.credentials.find(
        CredentialKind.SESSION, digest_of(browser.cookies["postroom_session"])
    )
    assert session is not None
    caller = Caller(
        user_id=UserId("us_ann"),
        name="ann",
        role=Role.AGENT,
        permissions=PERMISSIONS[Role.AGENT],
        credential_id=session.id,
        credential_kind=session.kind,
        digest=session.digest,
    )
    assert await still_known(caller, house.rooms.office)
    assert not await still_known(replace(caller, role=Role.ADMIN), house.rooms.office)
    house.rooms.clock.advance(12 * 3600)
    assert not await still_known(caller, house.rooms.office)
    house.rooms.clock.advance(-12 * 3600)
    await browser.delete(WHO)
    assert not await still_known(caller, house.rooms.office)


async def test_a_stream_is_refused_under_a_foreign_host(line: Line) -> None:
    assert await line.open(host="evil.example") == {"type": "websocket.close", "code": 1008}
