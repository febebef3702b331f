import asyncio
from dataclasses import replace

import pytest

from api.conftest import Rooms
from api.people import PASSWORD, ROUTERS, House
from postroom.actions.invitations import LASTS, first_invitation
from postroom.model.user import Role, UserId

ACCEPT = "/api/v1/invitations/accept"
LOOK = "/api/v1/invitations/look"
WHO = "/api/v1/sessions/current"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


async def first(house: House) -> str:
    secret = await first_invitation(house.rooms.stores, house.rooms.clock)
    assert secret is not None
    return secret


async def test_the_first_administrator_chooses_a_name_and_is_logged_in(house: House) -> None:
    browser = await house.stranger()
    secret = await first(house)
    seen = (await browser.post(LOOK, json={"secret": secret})).json()
    assert (seen["name"], seen["role"], seen["resets"]) == ("", "admin", False)
    body = {"secret": secret, "password": PASSWORD, "name": " Boss ", "display_name": "The boss"}
    answer = await browser.post(ACCEPT, json=body)
    assert answer.status_code == 201
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert (await browser.get(WHO)).json()["user"]["name"] == "boss"
    assert await first_invitation(house.rooms.stores, house.rooms.clock) is None


async def test_only_the_newest_invitation_of_a_first_administrator_counts(house: House) -> None:
    browser = await house.stranger()
    older, newer = await first(house), await first(house)
    assert (await browser.post(LOOK, json={"secret": older})).status_code == 404
    assert (await browser.post(LOOK, json={"secret": newer})).status_code == 200


async def test_where_every_administrator_is_disabled_there_is_a_way_in_again(house: House) -> None:
    await house.user("boss", Role.ADMIN, disabled=True)
    assert await first(house)


async def test_an_invitation_makes_one_user(house: House) -> None:
    secret = await first(house)
    browsers = [await house.stranger() for _ in range(4)]
    answers = await asyncio.gather(
        *(
            browser.post(ACCEPT, json={"secret": secret, "password": PASSWORD, "name": f"boss{number}"})
            for number, browser in enumerate(browsers)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    assert await house.rooms.stores.users.count() == 1


async def test_an_invitation_ends_after_seven_days(house: House) -> None:
    secret = await first(house)
    browser = await house.stranger()
    house.rooms.clock.advance(LASTS.total_seconds() - 1)
    assert (await browser.post(LOOK, json={"secret": secret})).status_code == 200
    house.rooms.clock.advance(1)
    assert (await browser.post(LOOK, json={"secret": secret})).status_code == 404
    body = {"secret": secret, "password": PASSWORD, "name": "boss"}
    assert (await browser.post(ACCEPT, json=body)).status_code == 404


async def test_what_cannot_be_used_leaves_the_invitation_as_it_is(house: House) -> None:
    await house.user("ann")
    secret = await first(house)
    browser = await house.stranger()
    refused = (
        ({"password": "short", "name": "boss"}, 422),
        ({"password": "boss-boss-boss", "name": "boss-boss-boss"}, 422),
        ({"password": PASSWORD, "name": ""}, 422),
        ({"password": PASSWORD, "name": "a b"}, 422),
        ({"password": PASSWORD, "name": "Postroom"}, 422),
        ({"password": PASSWORD, "name": "boss", "display_name": "a\u0007b"}, 422),
        ({"password": PASSWORD, "name": "ann"}, 409),
        ({"password": PASSWORD, "name": "boss", "role": "admin"}, 422),
    )
    for body, status in refused:
        answer = await browser.post(ACCEPT, json={"secret": secret, **body})
        assert answer.status_code == status, body
        assert PASSWORD not in answer.text
    good = await browser.post(ACCEPT, json={"secret": secret, "password": PASSWORD, "name": "boss"})
    assert good.status_code == 201


async def test_an_invitation_for_a_name_makes_no_other_and_has_its_role(house: House) -> None:
    boss = await house.rooms.client(house.app, Role.ADMIN)
    secret = (await boss.post("/api/v1/users", json={"name": "ann", "role": "viewer"})).json()["secret"]
    browser = await house.stranger()
    other = {"secret": secret, "password": PASSWORD, "name": "bob"}
    assert (await browser.post(ACCEPT, json=other)).status_code == 422
    same = {"secret": secret, "password": PASSWORD, "name": "ANN"}
    assert (await browser.post(ACCEPT, json=same)).json()["user"]["role"] == "viewer"


async def test_a_second_invitation_for_a_name_takes_the_place_of_the_first(house: House) -> None:
    boss = await house.rooms.client(house.app, Role.ADMIN)
    body = {"name": "ann", "role": "viewer"}
    secrets = [(await boss.post("/api/v1/users", json=body)).json()["secret"] for _ in range(2)]
    browser = await house.stranger()
    statuses = [(await browser.post(ACCEPT, json={"secret": one, "password": PASSWORD})).status_code for one in secrets]
    assert statuses == [404, 201]
    assert (await boss.get("/api/v1/invitations")).json()["rows"] == []


async def test_an_invitation_that_was_being_made_while_its_maker_was_let_go_opens_nothing(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    secret = (await boss.post("/api/v1/users", json={"name": "ann", "role": "agent"})).json()["secret"]
    user = await house.rooms.stores.users.get(UserId("us_boss"))
    assert await house.rooms.stores.users.change(replace(user, role=Role.AGENT))
    browser = await house.stranger()
    assert (await browser.post(LOOK, json={"secret": secret})).status_code == 404
    assert (await browser.post(ACCEPT, json={"secret": secret, "password": PASSWORD})).status_code == 404


async def test_an_invitation_can_be_withdrawn_and_nothing_else_by_its_path(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    made = (await boss.post("/api/v1/users", json={"name": "ann", "role": "agent"})).json()
    (row,) = (await boss.get("/api/v1/invitations")).json()["rows"]
    assert row["name"] == "ann"
    assert made["secret"] not in str(row)
    assert (await boss.delete(f"/api/v1/invitations/{row['id']}")).status_code == 204
    assert (await boss.delete(f"/api/v1/invitations/{row['id']}")).status_code == 404
    session = (await boss.get(WHO)).json()["credential_id"]
    assert (await boss.delete(f"/api/v1/invitations/{session}")).status_code == 404
    assert (await boss.post(LOOK, json={"secret": made["secret"]})).status_code == 404


async def test_another_site_cannot_accept_for_somebody(house: House) -> None:
    secret = await first(house)
    browser = await house.rooms.client(house.app, None)
    body = {"secret": secret, "password": PASSWORD, "name": "boss"}
    refused = await browser.post(ACCEPT, json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


async def test_an_accepted_invitation_is_noted_without_its_secrets(house: House) -> None:
    secret = await first(house)
    browser = await house.stranger()
    await browser.post(ACCEPT, json={"secret": secret, "password": PASSWORD, "name": "boss"})
    (entry,) = await house.noted()
    assert (entry.by, entry.act, entry.status) == ("boss", "accept_invitation", 201)
    assert entry.user_id is not None
    assert secret not in repr(entry)
    assert PASSWORD not in repr(entry)
