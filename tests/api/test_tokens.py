from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.people import PASSWORD, ROUTERS, House
from postroom.actions.tokens import MOST
from postroom.model.credential import Credential, CredentialKind
from postroom.model.user import Permission, Role
from postroom.stores.sql.credentials import SqlCredentials

TOKENS = "/api/v1/tokens"
WHO = "/api/v1/sessions/current"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


class Racing(SqlCredentials):
    """Credentials of a Postroom where a password is reset at the very moment a token is stored."""

    def __init__(self, house: House) -> None:
        stored = house.rooms.stores.credentials
        assert isinstance(stored, SqlCredentials)
        super().__init__(stored._database)

    async def add(self, credential: Credential) -> bool:
        """End everything of the user, then store it."""
        assert credential.user_id is not None
        await self.revoke_all(credential.user_id, tuple(CredentialKind))
        return await super().add(credential)


async def made(client: httpx.AsyncClient, **wish: object) -> httpx.Response:
    return await client.post(TOKENS, json={"name": "sync", "scopes": ["read"], **wish})


async def bearing(house: House, secret: str) -> httpx.AsyncClient:
    client = await house.rooms.client(house.app, None)
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


async def test_a_token_works_and_its_secret_is_shown_once(house: House) -> None:
    ann = await house.browser("ann")
    answer = (await made(ann)).json()
    assert answer["secret"].startswith("prt_")
    program = await bearing(house, answer["secret"])
    who = (await program.get(WHO)).json()
    assert (who["user"]["name"], who["permissions"], who["credential"]) == ("ann", ["read"], "token")
    listed = await ann.get(TOKENS)
    assert answer["secret"] not in listed.text
    assert "digest" not in listed.text
    assert listed.json()["rows"][0]["last_used_at"] is not None


async def test_a_token_may_do_no_more_than_its_maker(house: House) -> None:
    viewer = await house.browser("vic", Role.VIEWER)
    assert (await made(viewer, scopes=["read", "decide"])).status_code == 422
    assert (await made(viewer, scopes=["read"])).status_code == 201


async def test_a_token_makes_no_token_that_could_outlive_it(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    program = await bearing(house, (await made(boss, scopes=list(Permission))).json()["secret"])
    assert (await made(program)).status_code == 403
    assert len((await boss.get(TOKENS)).json()["rows"]) == 1


async def test_a_session_that_is_ended_while_it_makes_a_token_leaves_none(house: House) -> None:
    ann = await house.browser("ann")
    house.app.state.office = replace(house.rooms.office, stores=replace(house.rooms.stores, credentials=Racing(house)))
    assert (await made(ann)).status_code == 401
    assert (await house.rooms.stores.credentials.list(CredentialKind.TOKEN)).rows == ()


@pytest.mark.parametrize("scopes", [[], ["everything"], "read", None, ["read"] * 9])
async def test_scopes_that_are_none_are_refused(house: House, scopes: object) -> None:
    assert (await made(await house.browser("boss", Role.ADMIN), scopes=scopes)).status_code == 422


@pytest.mark.parametrize(
    ("expires_at", "status"),
    [
        ((NOW + timedelta(days=365)).isoformat(), 201),
        ((NOW + timedelta(seconds=1)).isoformat(), 201),
        (None, 201),
        (NOW.isoformat(), 422),
        ((NOW + timedelta(days=367)).isoformat(), 422),
        ("0001-01-01T00:00:00+23:59", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("2026-11-02T10:00:00", 422),
        (1e300, 422),
        ("tomorrow", 422),
    ],
)
async def test_a_token_lasts_a_year_at_most(house: House, expires_at: object, status: int) -> None:
    client = await house.browser("boss", Role.ADMIN)
    assert (await made(client, expires_at=expires_at)).status_code == status


async def test_an_expired_token_is_refused(house: House) -> None:
    ann = await house.browser("ann")
    secret = (await made(ann, expires_at=(NOW + timedelta(hours=1)).isoformat())).json()["secret"]
    program = await bearing(house, secret)
    assert (await program.get(WHO)).status_code == 200
    house.rooms.clock.advance(3600)
    assert (await program.get(WHO)).status_code == 401


async def test_the_token_of_another_is_not_found_unless_one_administers(house: House) -> None:
    ann, bob = await house.browser("ann"), await house.browser("bob")
    answer = (await made(ann)).json()
    path = f"{TOKENS}/{answer['token']['id']}"
    assert (await bob.delete(path)).status_code == 404
    program = await bearing(house, answer["secret"])
    assert (await program.get(WHO)).status_code == 200
    boss = await house.browser("boss", Role.ADMIN)
    assert [row["user_id"] for row in (await boss.get(f"{TOKENS}/all")).json()["rows"]] == ["us_ann"]
    assert (await boss.delete(path)).status_code == 204
    assert (await program.get(WHO)).status_code == 401
    assert (await boss.delete(path)).status_code == 404


async def test_revoking_a_token_cannot_end_a_session(house: House) -> None:
    boss, ann = await house.browser("boss", Role.ADMIN), await house.browser("ann")
    session = (await ann.get(WHO)).json()["credential_id"]
    assert (await boss.delete(f"{TOKENS}/{session}")).status_code == 404
    assert (await ann.get(WHO)).status_code == 200


async def test_one_revokes_ones_own_token(house: House) -> None:
    ann = await house.browser("ann")
    answer = (await made(ann)).json()
    assert (await ann.delete(f"{TOKENS}/{answer['token']['id']}")).status_code == 204
    assert (await (await bearing(house, answer["secret"])).get(WHO)).status_code == 401


async def test_one_user_has_a_bounded_number_of_tokens(house: House) -> None:
    ann = await house.browser("ann")
    statuses = [(await made(ann)).status_code for _ in range(MOST + 1)]
    assert statuses == [201] * MOST + [409]


async def test_a_token_that_may_not_read_may_still_say_who_it_is(house: House) -> None:
    program = await bearing(house, await house.rooms.token(Role.AGENT, Permission.DECIDE))
    assert (await program.get(WHO)).json()["permissions"] == ["decide"]
    assert (await program.post("/api/v1/stream-tickets")).status_code == 403


async def test_a_token_revokes_itself_and_no_other(house: House) -> None:
    ann = await house.browser("ann")
    weak, strong = (await made(ann)).json(), (await made(ann, scopes=["decide"])).json()
    program = await bearing(house, weak["secret"])
    assert (await program.delete(f"{TOKENS}/{strong['token']['id']}")).status_code == 404
    assert (await program.delete(f"{TOKENS}/{weak['token']['id']}")).status_code == 204
    assert (await program.get(WHO)).status_code == 401
    assert (await (await bearing(house, strong["secret"])).get(WHO)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/sessions"),
        ("DELETE", "/api/v1/sessions"),
        ("DELETE", "/api/v1/sessions/se_x"),
        ("DELETE", WHO),
        ("PUT", f"{WHO}/password"),
        ("GET", TOKENS),
        ("POST", TOKENS),
    ],
)
async def test_what_is_a_persons_own_no_token_touches(house: House, method: str, path: str) -> None:
    ann = await house.browser("ann", Role.ADMIN)
    program = await bearing(house, (await made(ann, scopes=list(Permission))).json()["secret"])
    bodies = {
        "POST": {"name": "sync", "scopes": ["read"]},
        "PUT": {"old": PASSWORD, "new": "another long password"},
    }
    refused = await program.request(method, path, json=bodies.get(method))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await ann.get(WHO)).status_code == 200


async def test_making_a_token_is_noted_by_its_id_with_name_and_scopes(house: House) -> None:
    ann = await house.browser("ann")
    answer = (await made(ann, scopes=["read", "decide"])).json()
    entry = (await house.noted())[0]
    assert (entry.act, entry.status, entry.by) == ("create_token", 201, "ann")
    assert (entry.subject, entry.detail) == (answer["token"]["id"], "sync: read, decide")
    assert answer["secret"] not in repr(entry)
