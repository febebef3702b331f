from api.conftest import Rooms
from postroom.api.node_types import ROUTER
from postroom.model.user import Role


async def test_every_kind_of_node_comes_with_the_form_of_its_settings_and_its_outputs(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)

    answer = await client.get("/api/v1/node-types")

    assert answer.status_code == 200
    found = {one["name"]: one for one in answer.json()["node_types"]}
    assert set(found) == set(rooms.office.node_types)
    responder = found["auto_responder"]
    assert responder["outputs"] == ["sure", "unsure", "failed"]
    assert responder["config_schema"]["properties"]["threshold"]["maximum"] == 1
    assert responder["description"].startswith("Draft an answer")
    assert not responder["starts"]
    assert found["email_trigger"]["starts"]
    assert answer.json()["unavailable"] == []


async def test_nobody_sees_the_kinds_of_nodes_without_a_user(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), None)

    assert (await client.get("/api/v1/node-types")).status_code == 401
