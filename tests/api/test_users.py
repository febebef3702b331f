import asyncio

import httpx
import pytest

from api.conftest import Rooms
from api.people import PASSWORD, ROUTERS, House, log_in, revision_of
from postroom.model.user import Permission, Role

USERS = "/api/v1/users"
WHO = "/api/v1/sessions/current"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


async def change(boss: httpx.AsyncClient, user_id: str, **changes: object) -> httpx.Response:
    body = {"revision": await revision_of(boss, user_id), **changes}
    return await boss.patch(f"{USERS}/{user_id}", json=body)


async def test_an_administrator_invites_and_the_invited_person_becomes_a_user(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    made = (await boss.post(USERS, json={"name": "Ann", "role": "agent"})).json()
    assert made["link"] == f"http://127.0.0.1:8025/welcome#{made['secret']}"
    assert made["invitation"]["name"] == "ann"
    ann = await house.stranger()
    body = {"secret": made["secret"], "password": PASSWORD, "display_name": "Ann A."}
    assert (await ann.post("/api/v1/invitations/accept", json=body)).status_code == 201
    assert (await ann.get(WHO)).json()["user"]["display_name"] == "Ann A."
    rows = (await boss.get(USERS)).json()["rows"]
    assert [(row["name"], row["role"]) for row in rows] == [("ann", "agent"), ("boss", "admin")]
    assert "argon2" not in (await boss.get(USERS)).text


@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
async def test_nobody_else_sees_or_changes_users(house: House, role: Role) -> None:
    await house.user("ann")
    client = await house.rooms.client(house.app, role)
    answers = (
        await client.get(USERS),
        await client.get(f"{USERS}/us_ann"),
        await client.post(USERS, json={"name": "x", "role": "admin"}),
        await client.patch(f"{USERS}/us_ann", json={"revision": 0, "role": "admin"}),
        await client.post(f"{USERS}/us_ann/password-reset"),
        await client.get("/api/v1/invitations"),
        await client.get("/api/v1/audit"),
        await client.get("/api/v1/tokens/all"),
    )
    assert {answer.status_code for answer in answers} == {403}


async def test_a_name_is_given_once(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    assert (await boss.post(USERS, json={"name": "BOSS", "role": "agent"})).status_code == 409


@pytest.mark.parametrize(
    "name", ["postroom", "System", "mailbox", "a b", "-a", "ä", "a" * 64, "a\u0000", "a@b", 7, None]
)
async def test_a_name_that_cannot_be_one_is_refused(house: House, name: object) -> None:
    boss = await house.rooms.client(house.app, Role.ADMIN)
    assert (await boss.post(USERS, json={"name": name, "role": "agent"})).status_code == 422


async def test_another_role_ends_the_sessions(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    ann = await house.browser("ann", Role.AGENT)
    assert (await change(boss, "us_ann", display_name="Anna")).json()["display_name"] == "Anna"
    assert (await ann.get(WHO)).status_code == 200
    assert (await change(boss, "us_ann", role="viewer")).json()["role"] == "viewer"
    assert (await ann.get(WHO)).status_code == 401


async def test_disabling_ends_everything_at_once_and_enabling_brings_tokens_back(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    ann = await house.browser("ann")
    token = (await ann.post("/api/v1/tokens", json={"name": "t", "scopes": ["read"]})).json()["secret"]
    program = await house.rooms.client(house.app, None)
    program.headers["Authorization"] = f"Bearer {token}"
    assert (await program.get(WHO)).status_code == 200
    assert (await change(boss, "us_ann", disabled=True)).json()["disabled"] is True
    assert (await ann.get(WHO)).status_code == 401
    assert (await program.get(WHO)).status_code == 401
    assert (await log_in(ann, "ann")).status_code == 401
    assert (await change(boss, "us_ann", disabled=False)).status_code == 200
    assert (await ann.get(WHO)).status_code == 401
    assert (await program.get(WHO)).status_code == 200


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    await house.user("ann")
    assert (await boss.patch(f"{USERS}/us_ann", json={"revision": 0, "role": "viewer"})).status_code == 200
    refused = await boss.patch(f"{USERS}/us_ann", json={"revision": 0, "role": "admin"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("changes", [{"role": "agent"}, {"disabled": True}])
async def test_the_last_administrator_stays_one(house: House, changes: dict[str, object]) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    await house.user("former", Role.ADMIN, disabled=True)
    refused = await change(boss, "us_boss", **changes)
    assert refused.status_code == 409
    assert "last administrator" in refused.json()["detail"]
    assert (await boss.get(WHO)).json()["user"]["role"] == "admin"


async def test_two_administrators_who_demote_each_other_at_once_leave_one_at_least(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    chief = await house.browser("chief", Role.ADMIN)
    await asyncio.gather(
        boss.patch(f"{USERS}/us_chief", json={"revision": 0, "role": "agent"}),
        chief.patch(f"{USERS}/us_boss", json={"revision": 0, "disabled": True}),
    )
    assert await house.rooms.stores.users.count(Role.ADMIN) >= 1


async def test_a_reset_ends_sessions_and_the_old_password_at_once(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    ann = await house.browser("ann")
    first = (await boss.post(f"{USERS}/us_ann/password-reset")).json()
    assert (await ann.get(WHO)).status_code == 401
    assert (await log_in(ann, "ann")).status_code == 401
    assert (await boss.get(f"{USERS}/us_ann")).json()["has_password"] is False
    second = (await boss.post(f"{USERS}/us_ann/password-reset")).json()
    look, accept = "/api/v1/invitations/look", "/api/v1/invitations/accept"
    assert (await ann.post(look, json={"secret": first["secret"]})).status_code == 404
    seen = (await ann.post(look, json={"secret": second["secret"]})).json()
    assert (seen["name"], seen["resets"]) == ("ann", True)
    body = {"secret": second["secret"], "password": "another long password"}
    assert (await ann.post(accept, json=body)).status_code == 201
    assert (await log_in(ann, "ann", "another long password")).status_code == 201


async def test_a_reset_ends_the_tokens_too(house: House) -> None:
    boss, ann = await house.browser("boss", Role.ADMIN), await house.browser("ann")
    token = (await ann.post("/api/v1/tokens", json={"name": "t", "scopes": ["read"]})).json()["secret"]
    program = await house.rooms.client(house.app, None)
    program.headers["Authorization"] = f"Bearer {token}"
    assert (await program.get(WHO)).status_code == 200
    assert (await boss.post(f"{USERS}/us_ann/password-reset")).status_code == 201
    assert (await program.get(WHO)).status_code == 401


@pytest.mark.parametrize("end", ["disabled", "demoted", "reset"])
async def test_invitations_end_with_the_administrator_who_made_them(house: House, end: str) -> None:
    boss, chief = await house.browser("boss", Role.ADMIN), await house.browser("chief", Role.ADMIN)
    theirs = (await chief.post(USERS, json={"name": "ghost", "role": "admin"})).json()
    ours = (await boss.post(USERS, json={"name": "ann", "role": "agent"})).json()
    assert theirs["invitation"]["made_by"] == "us_chief"
    match end:
        case "disabled":
            await change(boss, "us_chief", disabled=True)
        case "demoted":
            await change(boss, "us_chief", role="agent")
        case _:
            await boss.post(f"{USERS}/us_chief/password-reset")
    open_names = [row["name"] for row in (await boss.get("/api/v1/invitations")).json()["rows"]]
    assert "ghost" not in open_names
    stranger = await house.stranger()
    path = "/api/v1/invitations/accept"
    assert (await stranger.post(path, json={"secret": theirs["secret"], "password": PASSWORD})).status_code == 404
    assert (await stranger.post(path, json={"secret": ours["secret"], "password": PASSWORD})).status_code == 201


async def narrow(house: House, *scopes: Permission) -> httpx.AsyncClient:
    """Return a program whose token may do only this, of a user who may do all."""
    program = await house.rooms.client(house.app, None)
    program.headers["Authorization"] = f"Bearer {await house.rooms.token(Role.ADMIN, *scopes)}"
    return program


async def test_a_token_for_users_alone_makes_nobody_mightier_than_itself(house: House) -> None:
    await house.user("ann")
    await house.user("boss", Role.ADMIN)
    await house.user("former", Role.ADMIN, disabled=True)
    program = await narrow(house, Permission.ADMINISTER)
    refused = (
        await program.post(USERS, json={"name": "", "role": "admin"}),
        await program.post(USERS, json={"name": "", "role": "viewer"}),
        await change(program, "us_ann", role="admin"),
        await change(program, "us_former", disabled=False),
        await program.post(f"{USERS}/us_boss/password-reset"),
        await program.post(f"{USERS}/us_ann/password-reset"),
    )
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "not_allowed")}
    assert (await program.get("/api/v1/invitations")).json()["rows"] == []
    assert (await program.get(f"{USERS}/us_boss")).json()["has_password"] is True


async def test_a_token_for_users_alone_may_take_from_them(house: House) -> None:
    await house.user("boss", Role.ADMIN)
    await house.user("ann")
    program = await narrow(house, Permission.ADMINISTER)
    assert (await change(program, "us_boss", role="agent")).json()["role"] == "agent"
    assert (await change(program, "us_ann", disabled=True)).json()["disabled"] is True


async def test_a_token_gives_a_role_that_it_has_itself(house: House) -> None:
    program = await narrow(house, Permission.ADMINISTER, Permission.READ)
    assert (await program.post(USERS, json={"name": "vic", "role": "viewer"})).status_code == 201
    assert (await program.post(USERS, json={"name": "ann", "role": "agent"})).status_code == 403


async def test_who_got_which_role_is_noted(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    await house.user("ann")
    invitation = (await boss.post(USERS, json={"name": "bob", "role": "agent"})).json()["invitation"]
    await change(boss, "us_ann", role="admin", display_name="Anna")
    await change(boss, "us_ann", disabled=True)
    reset = (await boss.post(f"{USERS}/us_boss/password-reset")).json()["invitation"]
    noted = [(entry.subject, entry.detail) for entry in reversed((await house.noted())[:4])]
    assert noted == [
        (invitation["id"], "bob as agent"),
        ("us_ann", "role admin, display name"),
        ("us_ann", "disabled"),
        ("us_boss", reset["id"]),
    ]


async def test_a_reset_link_of_somebody_who_was_disabled_since_is_worth_nothing(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    await house.user("ann")
    made = (await boss.post(f"{USERS}/us_ann/password-reset")).json()
    await change(boss, "us_ann", disabled=True)
    body = {"secret": made["secret"], "password": PASSWORD}
    assert (await boss.post("/api/v1/invitations/accept", json=body)).status_code == 404
    assert (await boss.post(f"{USERS}/us_ann/password-reset")).status_code == 409


@pytest.mark.parametrize("user_id", ["us_none", "%00", "..%2f..", "x" * 5000])
async def test_an_id_that_is_none_is_not_found(house: House, user_id: str) -> None:
    boss = await house.rooms.client(house.app, Role.ADMIN)
    assert (await boss.get(f"{USERS}/{user_id}")).status_code in {404, 422}
    patched = await boss.patch(f"{USERS}/{user_id}", json={"revision": 0})
    assert patched.status_code in {404, 422}


async def test_a_cursor_that_is_none_is_refused(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    for path in (USERS, "/api/v1/sessions", "/api/v1/tokens", "/api/v1/invitations", "/api/v1/audit"):
        for after in ("nonsense", "-1", "9" * 40, "\u0000", "é"):
            answer = await boss.get(path, params={"after": after})
            assert answer.status_code in {200, 422}, (path, after)
