import re

import pytest

from api.conftest import Rooms
from postroom.api import welcome
from postroom.api.welcome import POLICY


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/welcome", "text/html"), ("/welcome.js", "text/javascript"), ("/welcome.css", "text/css")],
)
async def test_the_page_is_served_to_anybody_under_a_strict_policy(rooms: Rooms, path: str, kind: str) -> None:
    client = await rooms.client(rooms.app(welcome.ROUTER), None)
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert (await client.head(path)).status_code == 200


async def test_the_page_holds_nothing_that_its_policy_forbids(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(welcome.ROUTER), None)
    page = (await client.get("/welcome")).text
    script = (await client.get("/welcome.js")).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>|https?:", page)
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|https?:|localStorage", script)


async def test_every_field_has_a_label_and_the_script_knows_every_part(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(welcome.ROUTER), None)
    page = (await client.get("/welcome")).text
    ids = set(re.findall(r'\sid="([a-z-]+)"', page))
    assert set(re.findall(r'<input id="([a-z-]+)"', page)) == set(re.findall(r'<label for="([a-z-]+)"', page))
    assert set(re.findall(r'aria-describedby="([a-z-]+)"', page)) <= ids
    used = set(re.findall(r'part\("([a-z-]+)"\)', (await client.get("/welcome.js")).text))
    assert used
    assert used <= ids
