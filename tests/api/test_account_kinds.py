"""The kinds of accounts, from which forms are made."""

from api.conftest import Rooms
from postroom.api import account_kinds
from postroom.model.user import Role

PLACE = "/api/v1/account-kinds"


async def test_each_kind_says_its_settings_and_which_are_secret(rooms: Rooms) -> None:
    viewer = await rooms.client(rooms.app(account_kinds.ROUTER), Role.VIEWER)
    found = {(one["family"], one["name"]): one for one in (await viewer.get(PLACE)).json()["rows"]}
    imap = found["receiver", "imap"]
    assert "host" in imap["settings_schema"]["properties"]
    assert "password" in imap["secrets"]
    assert any(path.startswith("oauth.") for path in imap["secrets"])
    assert ("sender", "smtp") in found
    assert ("notifier", "slack") in found
    senders = (await viewer.get(PLACE, params={"family": "sender"})).json()["rows"]
    assert {one["family"] for one in senders} == {"sender"}
    assert (await viewer.get(PLACE, params={"family": "friends"})).status_code == 422
