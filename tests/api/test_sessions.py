from http.cookies import SimpleCookie

import pytest

from api.conftest import Rooms
from api.people import PASSWORD, ROUTERS, House, log_in
from postroom.actions.credentials import digest_of
from postroom.actions.log_in import MOST_OF_NAME_AND_ADDRESS, WINDOW_SECONDS
from postroom.actions.sessions import LONGEST
from postroom.model.credential import CredentialKind
from postroom.model.preferences import Preferences
from postroom.model.user import Role

CURRENT = "/api/v1/sessions/current"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


async def test_logging_in_says_who_one_is_and_what_one_may_do(house: House) -> None:
    browser = await house.browser("ann", Role.VIEWER)
    who = (await browser.get(CURRENT)).json()
    assert who["user"]["name"] == "ann"
    assert who["permissions"] == ["read"]
    assert who["credential"] == "session"
    assert "password_hash" not in who["user"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house: House) -> None:
    await house.user("ann")
    answer = await log_in(await house.stranger(), "ann")
    cookie = SimpleCookie(answer.headers["set-cookie"])["postroom_session"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "strict"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    assert cookie["domain"] == ""
    assert cookie.value.startswith("prs_")


async def test_only_the_digest_of_the_session_is_kept(house: House) -> None:
    browser = await house.browser("ann")
    secret = browser.cookies["postroom_session"]
    stores = house.rooms.stores
    found = await stores.credentials.find(CredentialKind.SESSION, digest_of(secret))
    assert found is not None
    assert secret not in repr(found)
    assert secret not in repr(await house.noted())


async def test_capitals_in_the_name_do_not_matter(house: House) -> None:
    await house.user("ann")
    assert (await log_in(await house.stranger(), " Ann ")).status_code == 201


@pytest.mark.parametrize(("name", "password"), [("ann", "another password"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_are_told_alike(house: House, name: str, password: str) -> None:
    await house.user("ann")
    answer = await log_in(await house.stranger(), name, password)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The name or the password is wrong."
    assert "set-cookie" not in answer.headers


async def test_who_is_disabled_cannot_log_in_and_is_not_told_why(house: House) -> None:
    await house.user("ann", disabled=True)
    answer = await log_in(await house.stranger(), "ann")
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The name or the password is wrong."


async def test_guessing_the_password_of_one_name_is_stopped_even_for_the_right_one(house: House) -> None:
    await house.user("ann")
    browser = await house.stranger()
    for _ in range(MOST_OF_NAME_AND_ADDRESS):
        assert (await log_in(browser, "ann", "guessed this time")).status_code == 401
    refused = await log_in(browser, "ann")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == str(WINDOW_SECONDS)
    elsewhere = await house.from_address("192.0.2.7")
    assert (await log_in(elsewhere, "ann")).status_code == 201
    house.rooms.clock.advance(WINDOW_SECONDS + 1)
    assert (await log_in(browser, "ann")).status_code == 201


async def test_a_flood_of_refused_attempts_does_not_fill_the_audit_log(house: House) -> None:
    browser = await house.stranger()
    for _ in range(MOST_OF_NAME_AND_ADDRESS + 15):
        await log_in(browser, "ann", "guessed")
    statuses = [entry.status for entry in await house.noted()]
    assert statuses.count(401) == MOST_OF_NAME_AND_ADDRESS
    assert statuses.count(429) == 10


async def test_logging_in_gives_a_new_session_and_ends_the_one_sent_along(house: House) -> None:
    await house.user("ann")
    browser = await house.browser("bob")
    planted = browser.cookies["postroom_session"]
    assert (await log_in(browser, "ann")).status_code == 201
    assert browser.cookies["postroom_session"] != planted
    thief = await house.stranger()
    thief.cookies.set("postroom_session", planted)
    assert (await thief.get(CURRENT)).status_code == 401


async def test_a_session_made_up_by_somebody_else_is_never_taken_over(house: House) -> None:
    await house.user("ann")
    browser = await house.stranger()
    browser.cookies.set("postroom_session", "prs_chosen-by-another")
    answer = await log_in(browser, "ann")
    assert "prs_chosen-by-another" not in answer.headers["set-cookie"]
    other = await house.stranger()
    other.cookies.set("postroom_session", "prs_chosen-by-another")
    assert (await other.get(CURRENT)).status_code == 401


async def test_logging_out_ends_the_session_on_the_server_too(house: House) -> None:
    browser = await house.browser("ann")
    secret = browser.cookies["postroom_session"]
    answer = await browser.delete(CURRENT)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    again = await house.stranger()
    again.cookies.set("postroom_session", secret)
    assert (await again.get(CURRENT)).status_code == 401


async def test_a_session_ends_when_nobody_uses_it(house: House) -> None:
    browser = await house.browser("ann")
    for _ in range(3):
        house.rooms.clock.advance(11 * 3600)
        assert (await browser.get(CURRENT)).status_code == 200
    house.rooms.clock.advance(12 * 3600)
    assert (await browser.get(CURRENT)).status_code == 401


async def test_how_long_an_unused_session_lasts_can_be_changed_while_it_runs(house: House) -> None:
    browser = await house.browser("ann")
    assert await house.rooms.stores.preferences.change(Preferences(session_hours=1.0))
    house.rooms.clock.advance(3599)
    assert (await browser.get(CURRENT)).status_code == 200
    house.rooms.clock.advance(3600)
    assert (await browser.get(CURRENT)).status_code == 401


async def test_a_session_ends_after_thirty_days_however_often_it_is_used(house: House) -> None:
    browser = await house.browser("ann")
    hours = int(LONGEST.total_seconds()) // 3600
    for _ in range(hours // 10 - 1):
        house.rooms.clock.advance(10 * 3600)
        assert (await browser.get(CURRENT)).status_code == 200
    house.rooms.clock.advance(10 * 3600)
    assert (await browser.get(CURRENT)).status_code == 401


async def test_one_sees_and_ends_ones_other_sessions_only(house: House) -> None:
    first = await house.browser("ann")
    second = await house.stranger()
    await log_in(second, "ann")
    stranger = await house.browser("bob")
    rows = (await first.get("/api/v1/sessions")).json()["rows"]
    assert [row["current"] for row in rows] == [False, True]
    assert (await stranger.delete(f"/api/v1/sessions/{rows[0]['id']}")).status_code == 404
    assert (await second.get(CURRENT)).status_code == 200
    assert (await first.delete(f"/api/v1/sessions/{rows[0]['id']}")).status_code == 204
    assert (await second.get(CURRENT)).status_code == 401
    assert (await first.get(CURRENT)).status_code == 200


async def test_all_other_sessions_end_at_once(house: House) -> None:
    first = await house.browser("ann")
    second = await house.stranger()
    await log_in(second, "ann")
    assert (await first.delete("/api/v1/sessions")).status_code == 204
    assert (await second.get(CURRENT)).status_code == 401
    assert (await first.get(CURRENT)).status_code == 200


async def test_changing_ones_password_needs_the_old_one_and_ends_tokens_and_other_sessions(house: House) -> None:
    first = await house.browser("ann")
    second = await house.stranger()
    await log_in(second, "ann")
    token = (await second.post("/api/v1/tokens", json={"name": "t", "scopes": ["read"]})).json()["secret"]
    bearer = {"Authorization": f"Bearer {token}"}
    path, new = f"{CURRENT}/password", "another long password"
    wrong = await first.put(path, json={"old": "not the old one", "new": new})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "The old password is wrong.")
    assert (await second.get(CURRENT)).status_code == 200
    assert (await second.get(CURRENT, headers=bearer)).status_code == 200
    assert (await first.put(path, json={"old": PASSWORD, "new": new})).status_code == 204
    assert (await second.get(CURRENT, headers=bearer)).status_code == 401
    assert (await second.get(CURRENT)).status_code == 401
    assert (await first.get(CURRENT)).status_code == 200
    assert (await log_in(second, "ann")).status_code == 401
    assert (await log_in(second, "ann", new)).status_code == 201


@pytest.mark.parametrize("new", ["short", "x" * 12, "x" * 1025, "annannannann"])
async def test_a_password_that_cannot_be_used_is_refused(house: House, new: str) -> None:
    browser = await house.browser("annannannann")
    answer = await browser.put(f"{CURRENT}/password", json={"old": PASSWORD, "new": new})
    assert answer.status_code == 422
    assert new not in answer.text


async def test_the_old_password_cannot_be_guessed_through_a_stolen_session(house: House) -> None:
    browser = await house.browser("ann")
    body = {"old": "guessed this time", "new": "another long password"}
    for _ in range(MOST_OF_NAME_AND_ADDRESS):
        assert (await browser.put(f"{CURRENT}/password", json=body)).status_code == 422
    assert (await browser.put(f"{CURRENT}/password", json=body)).status_code == 429


async def test_another_site_cannot_log_somebody_in_under_its_own_name(house: House) -> None:
    await house.user("mallory")
    browser = await house.rooms.client(house.app, None)
    body = {"name": "mallory", "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = await browser.post("/api/v1/sessions", json=body, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert (await browser.post("/api/v1/sessions", json=body)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a\\u0000b", "password": "x"}',
        b'{"name": "\\ud800", "password": "x"}',
        b'{"name": "a", "password": "\\udfff"}',
        b'{"name": 1e999, "password": "x"}',
        b'{"name": "a", "password": "x", "role": "admin"}',
        b"[" * 100_000,
        b"null",
        b"\xff\xfe",
        b"",
    ],
)
async def test_no_body_breaks_the_log_in(house: House, body: bytes) -> None:
    browser = await house.stranger()
    answer = await browser.post("/api/v1/sessions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 401, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_log_ins_are_noted_with_what_was_typed_and_never_with_a_password(house: House) -> None:
    await house.browser("ann")
    await log_in(await house.stranger(), "b" * 150, "a secret that I typed")
    failed, came_in = await house.noted()
    assert (came_in.by, came_in.status, came_in.user_id) == ("ann", 201, "us_ann")
    assert came_in.act == failed.act == "log_in"
    assert came_in.address == "127.0.0.1"
    assert came_in.credential.startswith("session se_")
    assert (failed.by, failed.status, failed.user_id) == ("b" * 100, 401, None)
    assert "secret" not in repr(failed)
