import httpx
import pytest

from api.conftest import Rooms
from api.statements import statements_of
from postroom.api import categories
from postroom.model.audit import AuditFilter
from postroom.model.user import Role

LIST = "/api/v1/categories"
NEW: dict[str, object] = {"name": "lost parcel", "description": "It never came.", "examples": ["Where is it?"]}


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator, who configures."""
    return await rooms.client(rooms.app(categories.ROUTER), Role.ADMIN)


async def test_a_category_is_kept_changed_and_deleted(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    made = await boss.post(LIST, json=NEW)
    assert made.status_code == 201
    assert (made.json()["title"], made.json()["by"], made.json()["automatic"]) == ("lost parcel", "admin", True)
    one = f"{LIST}/lost%20parcel"
    changed = (await boss.patch(one, json={"revision": 0, "automatic": False, "title": None})).json()
    assert (changed["automatic"], changed["title"], changed["examples"]) == (False, "lost parcel", ["Where is it?"])
    assert (await boss.get(one)).json() == changed
    # While people keep it for themselves it stays: without it, its mail could be answered automatically.
    assert (await boss.delete(one)).status_code == 409
    assert (await boss.patch(one, json={"revision": 1, "automatic": True})).status_code == 200
    assert (await boss.delete(one)).status_code == 204
    assert (await boss.delete(one)).status_code == 404
    assert (await boss.get(one)).status_code == 404
    assert (await boss.patch(one, json={"revision": 0})).status_code == 404
    noted = (await rooms.stores.audit.list(AuditFilter(act="create_category"), limit=9)).rows
    assert [(entry.subject, entry.status) for entry in noted] == [("lost parcel", 201)]


async def test_of_two_who_change_at_once_the_second_is_told(boss: httpx.AsyncClient) -> None:
    await boss.post(LIST, json=NEW)
    one = f"{LIST}/lost%20parcel"
    assert (await boss.patch(one, json={"revision": 0, "description": "Gone."})).status_code == 200
    for late in (0, 2**31 - 1):
        assert (await boss.patch(one, json={"revision": late, "description": "Here."})).status_code == 409
    assert (await boss.get(one)).json()["description"] == "Gone."


async def test_there_is_one_category_of_a_name(boss: httpx.AsyncClient) -> None:
    assert (await boss.post(LIST, json=NEW)).status_code == 201
    assert (await boss.post(LIST, json=NEW)).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a/b"},
        {"name": "x" * 101},
        {"name": "a\x00b"},
        {"name": " "},
        {"title": " "},
        {"title": "x" * 101},
        {"description": "x" * 2_001},
        {"examples": [" "]},
        {"examples": ["x"] * 201},
        {"language": "xx"},
        {"language": "English"},
        {"automatic": "yes"},
        {"surprise": 1},
    ],
)
async def test_what_is_out_of_bounds_is_refused(boss: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    assert (await boss.post(LIST, json={**NEW, **wrong})).status_code == 422
    assert (await boss.get(LIST)).json()["rows"] == []


async def test_everybody_reads_and_only_who_configures_changes(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await boss.post(LIST, json=NEW)
    agent = await rooms.client(rooms.app(categories.ROUTER), Role.AGENT)
    assert [row["name"] for row in (await agent.get(LIST)).json()["rows"]] == ["lost parcel"]
    assert (await agent.post(LIST, json=NEW)).status_code == 403
    assert (await agent.patch(f"{LIST}/lost%20parcel", json={"revision": 0})).status_code == 403
    assert (await agent.delete(f"{LIST}/lost%20parcel")).status_code == 403


async def test_a_list_is_paged_and_costs_the_same_whatever_there_is(boss: httpx.AsyncClient) -> None:
    await boss.post(LIST, json=NEW)
    few = await statements_of(boss, LIST)
    for name in ("claims", "zoo", "contract"):
        await boss.post(LIST, json={"name": name})
    assert await statements_of(boss, LIST) == few
    first = (await boss.get(LIST, params={"limit": 3})).json()
    rest = (await boss.get(LIST, params={"after": first["next_cursor"]})).json()
    found = [row["name"] for row in [*first["rows"], *rest["rows"]]]
    assert found == ["claims", "contract", "lost parcel", "zoo"]
    assert (await boss.get(LIST, params={"after": "nonsense"})).status_code == 422
