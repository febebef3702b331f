from dataclasses import replace

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.standing_case import open_mailboxes, shop
from postroom.api import workflows
from postroom.model.user import Role
from postroom.model.workflow import WorkflowSlug
from postroom.workflows.load import template

BASE = "/api/v1/workflows"
SLUG = WorkflowSlug("customer_support")
YAML = {"Content-Type": "text/yaml"}


def graph(**changes: object) -> dict[str, object]:
    """Return a small workflow that can run, as a request."""
    return {
        "slug": "tiny",
        "title": "Tiny",
        "nodes": [
            {"id": "in", "type": "email_trigger", "position": [1.5, -2]},
            {"id": "log", "type": "data_logger", "retry": {"max_attempts": 2}},
        ],
        "edges": [{"source": "in", "output": "email", "target": "log"}],
    } | changes


def update(base_version: int, title: str) -> dict[str, object]:
    form = graph(title=title, base_version=base_version)
    del form["slug"]
    return form


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator, in a house with the shipped workflow."""
    await rooms.stores.workflows.save(template(SLUG), at=NOW)
    return await rooms.client(rooms.app(workflows.ROUTER), Role.ADMIN)


async def test_a_workflow_is_made_read_changed_published_and_rolled_back(boss: httpx.AsyncClient) -> None:
    made = await boss.post(BASE, json=graph())
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert made.json()["nodes"][0]["position"] == [1.5, -2.0]

    second = await boss.put(f"{BASE}/tiny", json=update(1, "Second"))
    assert (second.status_code, second.json()["version"]) == (200, 2)
    # It is not in use before it is published.
    assert (await boss.get(f"{BASE}/tiny")).json()["version"] == 1

    assert (await boss.post(f"{BASE}/tiny/versions/2/publish")).json()["title"] == "Second"
    assert (await boss.get(f"{BASE}/tiny")).json()["version"] == 2
    versions = (await boss.get(f"{BASE}/tiny/versions")).json()["rows"]
    assert [(one["version"], one["published"]) for one in versions] == [(2, True), (1, False)]

    assert (await boss.post(f"{BASE}/tiny/rollback")).json()["version"] == 1
    assert (await boss.get(f"{BASE}/tiny")).json()["title"] == "Tiny"
    assert (await boss.get(f"{BASE}/tiny/versions/2")).json()["title"] == "Second"
    assert (await boss.post(f"{BASE}/tiny/rollback")).status_code == 409
    assert (await boss.post(f"{BASE}/tiny/rollback", json={"version": 2})).status_code == 409


async def test_saving_a_workflow_that_was_never_published_leaves_the_one_in_use(boss: httpx.AsyncClient) -> None:
    assert (await boss.put(f"{BASE}/{SLUG}", json=update(1, "Other"))).json()["version"] == 2

    assert (await boss.get(f"{BASE}/{SLUG}")).json()["version"] == 1


async def test_who_saves_over_a_newer_version_learns_of_it(boss: httpx.AsyncClient) -> None:
    await boss.post(BASE, json=graph())
    assert (await boss.put(f"{BASE}/tiny", json=update(1, "Hers"))).status_code == 200

    late = await boss.put(f"{BASE}/tiny", json=update(1, "His"))

    assert late.status_code == 409
    assert "Version 2" in late.json()["detail"]
    assert (await boss.get(f"{BASE}/tiny/versions")).json()["rows"][0]["title"] == "Hers"


async def test_saving_at_the_same_time_gives_one_new_version(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    saved = await rooms.stores.workflows.newest(SLUG)
    await rooms.stores.workflows.save(replace(saved, title="A"), at=NOW, base_version=1)

    conflict = await boss.put(f"{BASE}/{SLUG}", json=update(1, "B"))

    assert conflict.status_code == 409


async def test_what_cannot_run_is_refused_in_words_at_its_node(boss: httpx.AsyncClient) -> None:
    wrong = graph(
        nodes=[
            {"id": "in", "type": "email_trigger"},
            {"id": "answer", "type": "auto_responder", "config": {"threshold": 3}},
            {"id": "lost", "type": "nothing_known"},
        ],
        edges=[{"source": "in", "output": "nowhere", "target": "answer"}],
    )

    told = (await boss.post(f"{BASE}/validate", json=wrong)).json()
    refused = await boss.post(BASE, json=wrong)

    assert not told["ok"]
    assert {one["node_id"] for one in told["problems"]} == {"in", "answer", "lost"}
    assert refused.status_code == 422
    locations = {one["location"] for one in refused.json()["errors"]}
    assert {"body.nodes.answer", "body.nodes.lost", "body.nodes.in"} <= locations
    assert (await boss.get(f"{BASE}/tiny")).status_code == 404
    assert (await boss.post(f"{BASE}/validate", json=graph())).json() == {"ok": True, "problems": []}


async def test_a_version_that_cannot_run_any_more_is_not_published(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    broken = replace(template(SLUG), title="Broken", edges=())
    await rooms.stores.workflows.save(broken, at=NOW)

    refused = await boss.post(f"{BASE}/{SLUG}/versions/2/publish")

    assert refused.status_code == 409
    assert "Nothing leads to" in refused.json()["hint"]


async def test_a_workflow_goes_out_and_comes_in_as_yaml(boss: httpx.AsyncClient) -> None:
    text = await boss.get(f"{BASE}/{SLUG}/yaml")
    assert text.headers["content-type"].startswith("text/yaml")

    copied = text.text.replace("slug: customer_support", "slug: copied", 1)
    made = await boss.post(f"{BASE}/yaml", content=copied, headers=YAML)
    assert made.status_code == 201
    assert made.json()["slug"] == "copied"

    changed = copied.replace("title: ", "title: New ", 1)
    assert (await boss.put(f"{BASE}/copied/yaml?base_version=1", content=changed, headers=YAML)).json()["version"] == 2
    assert (await boss.get(f"{BASE}/copied/yaml?version=2")).text.splitlines()[1].startswith("title: New ")
    other = await boss.put(f"{BASE}/{SLUG}/yaml?base_version=1", content=changed, headers=YAML)
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"slug: x", "application/json", 415),
        (b"\xff\xfe", "text/yaml", 422),
        (b"- [", "text/yaml", 422),
        (b"[" * 20_000, "text/yaml", 422),
        (b"slug: tiny\ntitle: !!bool x\nnodes: []\nedges: []", "text/yaml", 422),
        (b"slug: tiny\ntitle: 1" + b":1" * 40_000 + b".5\nnodes: []\nedges: []", "text/yaml", 422),
        (b"#" * 300_000, "text/yaml", 422),
        (b"slug: tiny\ntitle: x\nnodes:\n- {id: a, type: b, position: [.nan, 1]}\nedges: []", "text/yaml", 422),
        (b'slug: tiny\ntitle: "\\ud83d"\nnodes: []\nedges: []', "text/yaml", 422),
        (b'slug: tiny\ntitle: x\n"\\ud83d": 1\nnodes: []\nedges: []', "text/yaml", 422),
        (b"slug: tiny\ntitle: x\nnodes: []\nedges: []", "text/yaml", 422),
    ],
)
async def test_strange_yaml_is_refused_in_words(
    boss: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    answer = await boss.post(f"{BASE}/yaml", content=content, headers={"Content-Type": content_type})

    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    [
        '{"slug": "tiny", "title": "\\ud800", "nodes": [], "edges": []}',
        '{"slug": "tiny", "title": "x", "nodes": [], "edges": [], "\\ud800": 1}',
        '{"slug": "tiny", "title": "a\\u0000b", "nodes": [], "edges": []}',
        '{"slug": "tiny", "title": "x", "nodes": [{"id": "a", "type": "b", "position": [1e400, 0]}], "edges": []}',
        '{"slug": "tiny", "title": "x", "nodes": [{"id": "a", "type": "b", "config": {"k": "\\ud800"}}], "edges": []}',
        '{"slug": "tiny", "title": "x", "nodes": [{"id": "a", "type": "b", "config": {"\\ud800": 1}}], "edges": []}',
        "[" * 20_000,
    ],
)
async def test_strange_json_is_refused_in_words(boss: httpx.AsyncClient, text: str) -> None:
    answer = await boss.post(BASE, content=text, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


async def test_settings_of_nodes_keep_any_json_that_is_text(boss: httpx.AsyncClient) -> None:
    form = graph(nodes=[{"id": "in", "type": "email_trigger", "config": {"n": 10**30}}, {"id": "l", "type": "x"}])

    assert (await boss.post(f"{BASE}/validate", json=form)).status_code == 200
    assert (await boss.post(BASE, json=form)).status_code == 422


async def test_the_list_shows_page_by_page_which_mailboxes_run_a_workflow(
    rooms: Rooms, boss: httpx.AsyncClient
) -> None:
    await boss.post(BASE, json=graph())
    open_mailboxes(rooms, shop(workflow="tiny"))
    boss = await rooms.client(rooms.app(workflows.ROUTER))

    first = (await boss.get(f"{BASE}?limit=1")).json()
    second = (await boss.get(f"{BASE}?limit=1&after={first['next_cursor']}")).json()

    assert [one["slug"] for one in first["rows"]] == [SLUG]
    assert second["rows"][0] == {
        "slug": "tiny",
        "title": "Tiny",
        "version": 1,
        "nodes": 2,
        "paused": False,
        "mailboxes": ["shop"],
    }
    assert second["next_cursor"] is None


async def test_only_who_may_configure_changes_workflows(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    ann = await rooms.client(rooms.app(workflows.ROUTER), Role.AGENT)

    assert (await ann.get(f"{BASE}/{SLUG}")).status_code == 200
    for method, path in (
        ("POST", BASE),
        ("PUT", f"{BASE}/{SLUG}"),
        ("POST", f"{BASE}/{SLUG}/versions/1/publish"),
        ("POST", f"{BASE}/{SLUG}/rollback"),
    ):
        assert (await ann.request(method, path, json={})).status_code in {403, 422}
    assert (await ann.post(BASE, json=graph())).status_code == 403


@pytest.mark.parametrize("path", ["nothing", "nothing/versions", "nothing/yaml", "customer_support/versions/9"])
async def test_what_is_not_there_is_not_found(boss: httpx.AsyncClient, path: str) -> None:
    assert (await boss.get(f"{BASE}/{path}")).status_code == 404
