"""Sending is stopped and allowed by those who operate."""

from api.conftest import Rooms
from postroom.api import sending
from postroom.model.user import Role


async def test_sending_is_stopped_and_allowed_again(rooms: Rooms) -> None:
    agent = await rooms.client(rooms.app(sending.ROUTER), Role.AGENT)
    assert (await agent.get("/api/v1/sending")).json() == {"halted": False, "pending": 0}
    for _ in range(2):
        assert (await agent.post("/api/v1/sending/stop")).json()["halted"] is True
    assert await rooms.stores.controls.sending_halted()
    assert (await agent.post("/api/v1/sending/allow")).json()["halted"] is False
    assert not await rooms.stores.controls.sending_halted()
    assert rooms.woken


async def test_who_only_looks_can_not_stop_it(rooms: Rooms) -> None:
    viewer = await rooms.client(rooms.app(sending.ROUTER), Role.VIEWER)
    assert (await viewer.get("/api/v1/sending")).status_code == 200
    for act in ("stop", "allow"):
        assert (await viewer.post(f"/api/v1/sending/{act}")).status_code == 403
    assert not await rooms.stores.controls.sending_halted()
