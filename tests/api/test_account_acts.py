"""What senders and notifiers share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import httpx
import pytest

from api.conftest import Rooms
from postroom.api import notifiers, senders
from postroom.errors import PluginError
from postroom.model.account import Account

KINDS = {
    "senders": {"name": "one", "kind": "outbox_folder", "values": {"path": "outbox"}},
    "notifiers": {"name": "one", "kind": "log", "values": {}},
}
FAMILIES = pytest.mark.parametrize("family", sorted(KINDS))


@dataclass(slots=True)
class Refusing:
    """Trials that fail."""

    asked: list[str] = field(default_factory=list)

    def trial(self) -> Callable[[Account], Awaitable[str]]:
        async def refuse(account: Account) -> str:
            self.asked.append(account.name)
            raise PluginError("It refuses.", hint="Ask it why.")

        return refuse


async def client(rooms: Rooms) -> httpx.AsyncClient:
    return await rooms.client(rooms.app(senders.ROUTER, notifiers.ROUTER))


async def refused(rooms: Rooms) -> tuple[httpx.AsyncClient, Refusing]:
    refusing = Refusing()
    trials = replace(rooms.office.trials, sender=refusing.trial(), notifier=refusing.trial())
    rooms.office = replace(rooms.office, trials=trials)
    return await client(rooms), refusing


@FAMILIES
async def test_what_does_not_work_is_not_stored(rooms: Rooms, family: str) -> None:
    admin, refusing = await refused(rooms)
    answer = await admin.post(f"/api/v1/{family}", json=KINDS[family])
    assert (answer.status_code, answer.json()["detail"]) == (502, "It refuses.")
    assert refusing.asked == ["one"]
    assert (await admin.get(f"/api/v1/{family}")).json()["rows"] == []
    assert rooms.woken == []


@FAMILIES
async def test_what_need_not_be_tried_is_stored_untried(rooms: Rooms, family: str) -> None:
    admin, refusing = await refused(rooms)
    made = await admin.post(f"/api/v1/{family}", json=KINDS[family] | {"test_first": False})
    assert made.status_code == 201, made.text
    change = {"revision": made.json()["revision"], "values": {}, "test_first": False}
    changed = await admin.patch(f"/api/v1/{family}/one", json=change)
    assert changed.status_code == 200, changed.text
    assert refusing.asked == []
    assert len(rooms.woken) == 2


@FAMILIES
async def test_a_change_that_does_not_work_leaves_the_account_as_it_was(rooms: Rooms, family: str) -> None:
    admin, _ = await refused(rooms)
    before = (await admin.post(f"/api/v1/{family}", json=KINDS[family] | {"test_first": False})).json()
    answer = await admin.patch(f"/api/v1/{family}/one", json={"revision": before["revision"], "values": {}})
    assert answer.status_code == 502
    assert (await admin.get(f"/api/v1/{family}/one")).json() == before


@FAMILIES
async def test_a_change_of_an_older_revision_is_refused_before_anything_is_tried(rooms: Rooms, family: str) -> None:
    admin, refusing = await refused(rooms)
    await admin.post(f"/api/v1/{family}", json=KINDS[family] | {"test_first": False})
    answer = await admin.patch(f"/api/v1/{family}/one", json={"revision": 7, "values": {}})
    assert answer.status_code == 409
    assert refusing.asked == []
