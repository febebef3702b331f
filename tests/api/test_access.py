from api.conftest import Rooms
from api.people import ROUTERS, House
from postroom.model.user import Permission, Role


async def test_who_lacks_a_permission_is_told_which(rooms: Rooms) -> None:
    house = House(rooms=rooms, app=rooms.app(*ROUTERS))
    program = await rooms.client(house.app, None)
    program.headers["Authorization"] = f"Bearer {await rooms.token(Role.ADMIN, Permission.READ)}"
    refused = (await program.get("/api/v1/users")).json()
    assert (refused["status"], refused["code"]) == (403, "not_allowed")
    assert "'administer'" in refused["detail"]


def test_what_no_token_may_do_is_described_so(rooms: Rooms) -> None:
    described = rooms.app(*ROUTERS).openapi()["paths"]
    own = described["/api/v1/tokens"]["post"]
    assert own["security"] == [{"session": []}]
    assert described["/api/v1/sessions/current"]["get"]["security"] == [{"token": []}, {"session": []}]
