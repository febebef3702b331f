import pytest

from api.conftest import Rooms
from api.people import PASSWORD, ROUTERS, House
from postroom.api.entrance import MOST_BROWSER_CHARS


@pytest.mark.parametrize(
    ("said", "kept"), [("Lynx/2.9", "Lynx/2.9"), ("a\u00adb\x85c", "a b c"), ("x" * 900, "x" * MOST_BROWSER_CHARS)]
)
async def test_a_session_shows_what_the_browser_calls_itself(rooms: Rooms, said: str, kept: str) -> None:
    house = House(rooms=rooms, app=rooms.app(*ROUTERS))
    await house.user("ann")
    browser = await house.stranger()
    headers = {b"User-Agent": said.encode("latin-1")}
    await browser.post("/api/v1/sessions", json={"name": "ann", "password": PASSWORD}, headers=headers)
    (row,) = (await browser.get("/api/v1/sessions")).json()["rows"]
    assert row["browser"] == kept
