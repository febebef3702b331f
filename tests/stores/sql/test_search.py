"""The search on SQLite."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from contracts.store_nouns import SHOP
from contracts.store_search import SearchContract, saying
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.stores.sql.database import Database
from postroom.stores.sql.search import FIND, MOST_WORDS, matching
from postroom.stores.sql.sqlite import make_engine


class TestSearch(SearchContract):
    """The search in SQL."""


def test_a_query_is_a_list_of_quoted_words() -> None:
    assert matching('Red* "b NEAR(', None) == '"near"* AND "red"* AND "b"'
    assert matching("red", SHOP) == '"red"* AND "\ue00073686f70"'
    assert matching("*", SHOP) is None


def test_of_many_words_the_longest_count() -> None:
    words = [f"word{number:03}{'x' * (number % 2)}" for number in range(MOST_WORDS * 2)]
    expression = matching(" ".join(words), None)
    assert expression is not None
    assert expression.split(" AND ") == [f'"{word}"*' for word in words if word.endswith("x")]


def test_the_words_lead_and_nothing_is_sorted(path: Path) -> None:
    with make_engine(path).connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {FIND.text}", {"query": "", "document": 0, "limit": 0})
        plan = [str(row.detail) for row in rows]
    assert [line.split("VIRTUAL TABLE")[0] for line in plan] == [
        "SCAN search_words ",
        "SEARCH found USING INTEGER PRIMARY KEY (rowid=?)",
    ]


async def test_what_a_page_costs_does_not_grow_with_what_is_found(stores: Stores) -> None:
    database = stores.connection
    assert isinstance(database, Database)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(connection: Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.set_progress_handler(count, 1)

    for _ in range(12):
        await database.read(watch)

    async def steps_of_a_page() -> int:
        before = steps
        assert len((await stores.search.find("parcel red", limit=5)).rows) == 5
        return steps - before

    await stores.ledger.accept([saying(uid, "a red parcel") for uid in range(20)])
    few = await steps_of_a_page()
    assert few > 20
    await stores.ledger.accept([saying(uid, "a red parcel") for uid in range(100, 1_100)])
    # Fifty times as many are found; a few steps more read the larger index.
    assert await steps_of_a_page() < few * 2


@pytest.mark.parametrize("mailbox", [None, SHOP])
async def test_no_query_is_refused_by_the_index(stores: Stores, mailbox: MailboxId | None) -> None:
    for code in (*range(0x300), 0x378, 0xFFFD, 0xFFFF, 0x1F600, 0x10FFFF):
        for query in (chr(code), f"red{chr(code)}bicycle", f"{chr(code)}{chr(code)}*"):
            await stores.search.find(query, mailbox_id=mailbox)
