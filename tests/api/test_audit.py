import pytest

from api.conftest import Rooms
from api.people import House, log_in
from postroom.api import sessions
from postroom.api.access import Administrator, Decider
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
