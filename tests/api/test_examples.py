import httpx
import pytest

from api.conftest import Rooms
from api.statements import statements_of
from contracts.store_examples import example
from postroom.api import examples
from postroom.model.audit import AuditFilter
from postroom.model.example import Origin
from postroom.model.user import Role

LIST = "/api/v1/examples"
ROW: dict[str, object] = {"text": "Where is my parcel?", "label": "delivery"}


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator, who configures."""
    return await rooms.client(rooms.app(examples.ROUTER), Role.ADMIN)


async def ids(client: httpx.AsyncClient, **narrowed: str) -> list[str]:
    """Return the ids of the examples that are found."""
    return [row["id"] for row in (await client.get(LIST, params=narrowed)).json()["rows"]]


async def test_examples_are_narrowed_by_where_they_come_from_and_what_they_are_about(
    rooms: Rooms, boss: httpx.AsyncClient
) -> None:
    await rooms.stores.examples.put(
        [
            example("1"),
            example("2", category="refund"),
            example("3", origin=Origin.AUDIT),
            example("4", mailbox="sales"),
        ]
    )
    assert await ids(boss) == ["xa_1", "xa_2", "xa_3", "xa_4"]
    assert await ids(boss, category="refund") == ["xa_2"]
    assert await ids(boss, origin="audit") == ["xa_3"]
    assert await ids(boss, mailbox_id="sales") == ["xa_4"]
    assert await ids(boss, mailbox_id="sales", origin="audit") == []
    assert (await boss.get(LIST, params={"origin": "nowhere"})).status_code == 422


async def test_an_example_is_read_and_deleted_by_an_id_with_slashes(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await rooms.stores.examples.put([example("1/elsewhere")])
    one = f"{LIST}/xa_1/elsewhere"
    assert (await boss.get(one)).json()["answer"] == "It is on its way."
    assert (await boss.delete(one)).status_code == 204
    assert (await boss.delete(one)).status_code == 404
    assert (await boss.get(one)).status_code == 404


async def test_agents_read_and_only_who_configures_imports_and_deletes(rooms: Rooms) -> None:
    await rooms.stores.examples.put([example("1")])
    app = rooms.app(examples.ROUTER)
    agent, viewer = await rooms.client(app, Role.AGENT), await rooms.client(app, Role.VIEWER)
    assert await ids(agent) == ["xa_1"]
    assert (await viewer.get(LIST)).status_code == 403
    assert (await viewer.get(f"{LIST}/xa_1")).status_code == 403
    assert (await agent.delete(f"{LIST}/xa_1")).status_code == 403
    assert (await agent.post(f"{LIST}/import", json={"rows": [ROW]})).status_code == 403


async def test_labelled_texts_are_imported_once(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    rows = [ROW, ROW, {**ROW, "text": "Money back!", "label": "refund", "language": "en", "subject": "Refund"}]
    imported = (await boss.post(f"{LIST}/import", json={"rows": rows})).json()
    assert imported == {
        "read": 3,
        "new": 2,
        "repeated": 1,
        "labels": {"delivery": 1, "refund": 1},
        "refused": [],
    }
    again = (await boss.post(f"{LIST}/import", json={"rows": [{**ROW, "label": "tracking"}]})).json()
    assert (again["new"], again["labels"]) == (0, {"tracking": 1})
    found = (await boss.get(LIST, params={"origin": "import"})).json()["rows"]
    assert sorted((row["category"], row["subject"], row["by"]) for row in found) == [
        ("refund", "Refund", "admin"),
        ("tracking", "", "admin"),
    ]
    noted = (await rooms.stores.audit.list(AuditFilter(act="import_examples"), limit=9)).rows
    assert noted[-1].detail == "3 read, 2 new, 0 refused"


async def test_a_row_that_cannot_be_taken_is_told_and_the_others_are_taken(boss: httpx.AsyncClient) -> None:
    imported = (await boss.post(f"{LIST}/import", json={"rows": [ROW, {**ROW, "label": " "}]})).json()
    assert (imported["read"], imported["refused"]) == (1, [{"row": 2, "reason": "it has no label"}])


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []},
        {"rows": [{**ROW, "text": " "}]},
        {"rows": [{**ROW, "text": "a\x00"}]},
        {"rows": [{**ROW, "label": ""}]},
        {"rows": [{**ROW, "label": "x" * 101}]},
        {"rows": [{**ROW, "language": "Latin"}]},
        {"rows": [{**ROW, "file": "/etc/passwd"}]},
        {"rows": [ROW] * 1_001},
        {"paths": ["/etc/passwd"]},
    ],
)
async def test_what_is_out_of_bounds_is_refused(boss: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    assert (await boss.post(f"{LIST}/import", json=wrong)).status_code == 422
    assert await ids(boss) == []


async def test_half_a_surrogate_is_refused(boss: httpx.AsyncClient) -> None:
    body = b'{"rows": [{"text": "\\ud800", "label": "delivery"}]}'
    answer = await boss.post(f"{LIST}/import", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert await ids(boss) == []


async def test_a_list_is_paged_and_costs_the_same_whatever_there_is(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await rooms.stores.examples.put([example("1")])
    few = await statements_of(boss, LIST)
    await rooms.stores.examples.put([example(f"{number}") for number in range(2, 30)])
    assert await statements_of(boss, LIST) == few
    first = (await boss.get(LIST, params={"limit": 20})).json()
    rest = (await boss.get(LIST, params={"after": first["next_cursor"]})).json()
    assert (len(first["rows"]), len(rest["rows"]), rest["next_cursor"]) == (20, 9, None)
