"""Preferences: what people set goes before the settings of the process."""

import pytest

from api.conftest import Rooms
from postroom.api import preferences
from postroom.model.user import Role

PLACE = "/api/v1/preferences"


async def test_a_preference_is_set_and_put_back(rooms: Rooms) -> None:
    admin = await rooms.client(rooms.app(preferences.ROUTER))
    before = (await admin.get(PLACE)).json()
    assert before["undo_seconds"] == {"value": 10.0, "origin": "settings", "setting": 10.0}
    changed = (await admin.patch(PLACE, json={"revision": 0, "undo_seconds": 0, "session_hours": 1})).json()
    assert changed["undo_seconds"] == {"value": 0.0, "origin": "people", "setting": 10.0}
    assert changed["revision"] == 1
    back = (await admin.patch(PLACE, json={"revision": 1, "undo_seconds": None})).json()
    assert back["undo_seconds"]["origin"] == "settings"
    assert back["session_hours"]["value"] == 1.0  # What is left out stays.
    assert (await admin.get(PLACE)).json() == back


async def test_what_is_promised_is_set_and_put_back_and_survives_other_changes(rooms: Rooms) -> None:
    admin = await rooms.client(rooms.app(preferences.ROUTER))
    before = (await admin.get(PLACE)).json()
    assert before["target_precision"] == {"value": 0.95, "origin": "settings", "setting": 0.95}
    assert before["strict_categories"] == {"value": False, "origin": "settings", "setting": False}
    assert before["audit_share"]["value"] == 0.05
    wanted = {"target_precision": 0.98, "strict_categories": True, "audit_share": 0}
    assert (await admin.patch(PLACE, json={"revision": 0, **wanted})).status_code == 200
    later = (await admin.patch(PLACE, json={"revision": 1, "undo_seconds": 5})).json()
    assert later["target_precision"] == {"value": 0.98, "origin": "people", "setting": 0.95}
    assert later["strict_categories"] == {"value": True, "origin": "people", "setting": False}
    assert later["audit_share"] == {"value": 0.0, "origin": "people", "setting": 0.05}
    back = (await admin.patch(PLACE, json={"revision": 2, "strict_categories": None})).json()
    assert (back["strict_categories"]["origin"], back["target_precision"]["value"]) == ("settings", 0.98)


async def test_of_two_who_change_at_once_the_second_is_told(rooms: Rooms) -> None:
    admin = await rooms.client(rooms.app(preferences.ROUTER))
    assert (await admin.patch(PLACE, json={"revision": 0, "undo_seconds": 5})).status_code == 200
    stale = await admin.patch(PLACE, json={"revision": 0, "undo_seconds": 7})
    assert stale.status_code == 409
    assert (await admin.get(PLACE)).json()["undo_seconds"]["value"] == 5.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"undo_seconds": -1},
        {"undo_seconds": 601},
        {"reminder_minutes": 0.5},
        {"silent_minutes": 10_081},
        {"session_hours": 0.2},
        {"session_hours": 721},
        {"undo_seconds": "soon"},
        {"target_precision": 0.4},
        {"target_precision": 1},
        {"strict_categories": "yes"},
        {"strict_categories": 1},
        {"audit_share": 1.5},
        {"revision": -1},
        {"revision": 2**70},
        {"surprise": 1},
    ],
)
async def test_what_is_out_of_bounds_is_refused(rooms: Rooms, wrong: dict[str, object]) -> None:
    admin = await rooms.client(rooms.app(preferences.ROUTER))
    assert (await admin.patch(PLACE, json={"revision": 0, **wrong})).status_code == 422
    nan = await admin.patch(PLACE, content=b'{"revision": 0, "undo_seconds": NaN}')
    assert nan.status_code == 422


async def test_everybody_reads_and_only_administrators_change(rooms: Rooms) -> None:
    agent = await rooms.client(rooms.app(preferences.ROUTER), Role.AGENT)
    assert (await agent.get(PLACE)).status_code == 200
    assert (await agent.patch(PLACE, json={"revision": 0})).status_code == 403
