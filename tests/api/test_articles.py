from dataclasses import replace

import httpx
import pytest

from api.conftest import Rooms
from api.statements import statements_of
from postroom.api import articles
from postroom.knowledge.articles import ArticleShelf
from postroom.model.article import Article, ArticleId
from postroom.model.user import Role

LIST = "/api/v1/articles"
TEXT: dict[str, object] = {
    "category": "refund",
    "title": "When is it paid?",
    "questions": ["When do I get my money?"],
    "body": "Within five days.\n\nOften sooner.",
}
NEW = {"id": "refund_when", "language": "en", **TEXT}


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may write and not approve."""
    return await rooms.client(rooms.app(articles.ROUTER), Role.AGENT)


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator."""
    return await rooms.client(rooms.app(articles.ROUTER), Role.ADMIN)


def article(name: str, language: str = "en", *, body: str = "So.") -> Article:
    """Return an approved article."""
    return Article(id=ArticleId(name), language=language, category="c", title="t", questions=("q",), body=body)


async def test_an_article_is_written_approved_changed_and_deleted(
    rooms: Rooms, ann: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    made = await ann.post(LIST, json=NEW)
    assert made.status_code == 201
    one = f"{LIST}/refund_when/en"
    assert (made.json()["article"]["approved"], made.json()["by"], made.json()["revision"]) == (False, "agent", 0)
    assert (await ann.get(one)).json() == made.json()
    assert (await ann.put(f"{one}/approval", json={"approved": True, "revision": 0})).status_code == 403
    approved = (await boss.put(f"{one}/approval", json={"approved": True, "revision": 0})).json()
    assert (approved["article"]["approved"], approved["revision"], approved["by"]) == (True, 1, "admin")
    changed = (await ann.put(one, json={**TEXT, "body": "Within six days.", "revision": 1})).json()
    assert (changed["article"]["approved"], changed["article"]["body"]) == (False, "Within six days.")
    assert (await ann.get(one)).json() == changed
    assert (await ann.delete(one)).status_code == 403
    assert (await boss.delete(one)).status_code == 204
    assert (await boss.delete(one)).status_code == 404
    assert (await ann.get(one)).status_code == 404
    assert len(rooms.woken) == 3


async def test_an_approved_article_is_taken_out_of_use(ann: httpx.AsyncClient, boss: httpx.AsyncClient) -> None:
    await ann.post(LIST, json=NEW)
    one = f"{LIST}/refund_when/en/approval"
    await boss.put(one, json={"approved": True, "revision": 0})
    assert (await boss.put(one, json={"approved": False, "revision": 1})).json()["article"]["approved"] is False


async def test_of_two_changes_to_one_revision_the_second_is_told_who_was_faster(
    ann: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    await ann.post(LIST, json=NEW)
    one = f"{LIST}/refund_when/en"
    assert (await ann.put(one, json={**TEXT, "revision": 0})).status_code == 200
    for late in (
        await boss.put(one, json={**TEXT, "revision": 0}),
        await boss.put(f"{one}/approval", json={"approved": True, "revision": 0}),
        await boss.put(f"{one}/approval", json={"approved": True, "revision": 2**31 - 1}),
    ):
        assert late.status_code == 409
        assert "by 'agent'" in late.json()["detail"]


async def test_there_is_one_article_of_an_id_and_language(ann: httpx.AsyncClient) -> None:
    assert (await ann.post(LIST, json=NEW)).status_code == 201
    assert (await ann.post(LIST, json=NEW)).status_code == 409
    assert (await ann.post(LIST, json={**NEW, "language": "de"})).status_code == 201
    first = (await ann.get(LIST, params={"limit": 1})).json()
    rest = (await ann.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["article"]["language"] for row in [*first["rows"], *rest["rows"]]] == ["de", "en"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "xx"},
        {"language": "EN"},
        {"language": "eng"},
        {"id": "../x"},
        {"id": "in use"},
        {"id": "x" * 81},
        {"title": ""},
        {"title": " "},
        {"title": "x" * 201},
        {"questions": []},
        {"questions": ["a"] * 101},
        {"questions": ["a", " "]},
        {"questions": ["x" * 501]},
        {"body": "a\x00b"},
        {"body": "x" * 20_001},
        {"body": "<b>Hello</b>"},
        {"body": "Hello {{ name }}"},
        {"category": ""},
        {"approved": True},
    ],
)
async def test_an_article_that_breaks_a_rule_is_refused(ann: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    answer = await ann.post(LIST, json={**NEW, **wrong})
    assert answer.status_code == 422, answer.text
    assert (await ann.get(LIST)).json()["rows"] == []


@pytest.mark.parametrize("revision", [-1, 2**31, 2**64, "a", None, 0.5])
async def test_a_revision_that_is_none_is_refused(ann: httpx.AsyncClient, revision: object) -> None:
    await ann.post(LIST, json=NEW)
    assert (await ann.put(f"{LIST}/refund_when/en", json={**TEXT, "revision": revision})).status_code == 422


async def test_those_in_use_are_listed_with_where_they_come_from(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await ann.post(LIST, json=NEW)
    kept = await rooms.stores.articles.get(ArticleId("refund_when"), "en")
    shelf = ArticleShelf([article("z"), article("a", "de"), article("a"), replace(kept.article, approved=True)])
    office = replace(rooms.office, shelf=lambda: shelf)
    await rooms.stores.articles.change(replace(kept, article=replace(kept.article, approved=True)))
    client = await rooms.client(replace(rooms, office=office).app(articles.ROUTER), Role.VIEWER)
    rows: list[dict[str, object]] = []
    after: dict[str, str] = {}
    for _ in range(2):
        page = (await client.get(f"{LIST}/in-use", params={"limit": 2, **after})).json()
        rows += page["rows"]
        after = {"after": page["next_cursor"]}
    assert page["next_cursor"] is None
    told = [(row["article"]["id"], row["article"]["language"], row["source"]) for row in rows]  # type: ignore[index]
    assert told == [
        ("a", "de", "folder"),
        ("a", "en", "folder"),
        ("refund_when", "en", "store"),
        ("z", "en", "folder"),
    ]


@pytest.mark.parametrize("cursor", ["x", "====", "YQ==", "\u00e9", "_" * 400, "gICA"])
async def test_a_cursor_that_is_none_is_refused(ann: httpx.AsyncClient, cursor: str) -> None:
    assert (await ann.get(f"{LIST}/in-use", params={"after": cursor})).status_code == 422
    assert (await ann.get(LIST, params={"after": cursor})).status_code == 422


@pytest.mark.parametrize("odd", ["nothing/en", "%00/%00", "a/zz", "x" * 2_000 + "/en"])
async def test_an_article_that_is_not_there_is_not_found(boss: httpx.AsyncClient, odd: str) -> None:
    assert (await boss.get(f"{LIST}/{odd}")).status_code == 404
    assert (await boss.delete(f"{LIST}/{odd}")).status_code == 404
    assert (await boss.put(f"{LIST}/{odd}", json={**TEXT, "revision": 0})).status_code == 404
    assert (await boss.put(f"{LIST}/{odd}/approval", json={"approved": True, "revision": 0})).status_code == 404


async def test_the_statements_do_not_grow_with_the_articles(ann: httpx.AsyncClient) -> None:
    await ann.post(LIST, json=NEW)
    few = await statements_of(ann, LIST)
    for number in range(8):
        await ann.post(LIST, json={**NEW, "id": f"more_{number}"})
    assert await statements_of(ann, LIST) == few


async def test_who_may_only_look_writes_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await ann.post(LIST, json=NEW)
    viewer = await rooms.client(rooms.app(articles.ROUTER), Role.VIEWER)
    assert (await viewer.post(LIST, json={**NEW, "id": "other"})).status_code == 403
    assert (await viewer.put(f"{LIST}/refund_when/en", json={**TEXT, "revision": 0})).status_code == 403
    assert len((await viewer.get(LIST)).json()["rows"]) == 1
