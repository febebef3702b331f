import httpx
import pytest

from api.conftest import Rooms
from api.people import ROUTERS, House
from postroom.model.user import Role

AUDIT = "/api/v1/audit"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


async def acts(client: httpx.AsyncClient, **wanted: str) -> list[str]:
    answer = await client.get(AUDIT, params=wanted)
    assert answer.status_code == 200, answer.text
    return [row["act"] for row in answer.json()["rows"]]


async def test_the_log_is_narrowed_by_who_what_which_and_when(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    house.rooms.clock.advance(60)
    await boss.post("/api/v1/users", json={"name": "ann", "role": "agent"})
    await boss.post("/api/v1/users", json={"name": "boss", "role": "agent"})
    assert await acts(boss) == ["invite_user", "invite_user", "log_in"]
    made = (await boss.get(AUDIT)).json()["rows"][1]
    assert made["subject"].startswith("in_")
    assert await acts(boss, act="invite_user", subject=made["subject"]) == ["invite_user"]
    assert await acts(boss, by="nobody") == []
    assert await acts(boss, since="2026-11-02T09:01:00Z") == ["invite_user", "invite_user"]
    assert await acts(boss, until="2026-11-02T09:01:00Z") == ["log_in"]
    rows = (await boss.get(AUDIT)).json()["rows"]
    assert [row["status"] for row in rows] == [409, 201, 201]


async def test_the_log_is_paged(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    for name in ("ann", "bob", "cat"):
        await boss.post("/api/v1/users", json={"name": name, "role": "agent"})
    first = (await boss.get(AUDIT, params={"limit": 2})).json()
    second = (await boss.get(AUDIT, params={"limit": 2, "after": first["next_cursor"]})).json()
    acts_done = [row["act"] for row in first["rows"] + second["rows"]]
    assert acts_done == ["invite_user", "invite_user", "invite_user", "log_in"]
    assert len({row["id"] for row in first["rows"] + second["rows"]}) == len(acts_done)
    assert second["next_cursor"] is None


async def test_times_that_no_store_keeps_leave_nothing_out(house: House) -> None:
    boss = await house.browser("boss", Role.ADMIN)
    wanted = {"since": "0001-01-01T00:00:00+23:59", "until": "9999-12-31T23:59:59-23:59"}
    assert await acts(boss, **wanted) == ["log_in"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"since": "0"},
        {"until": "2026-11-02"},
        {"since": "2026-11-02T09:00:00"},
        {"since": "99999999999999999999"},
        {"by": "\u0000"},
        {"by": "x" * 201},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "99999999999999999999999"},
    ],
)
async def test_a_filter_that_cannot_be_used_is_refused(house: House, wanted: dict[str, str]) -> None:
    boss = await house.rooms.client(house.app, Role.ADMIN)
    answer = await boss.get(AUDIT, params=wanted)
    assert answer.status_code == 422
    assert answer.json()["errors"]
