"""The search on SQLite."""

import pytest
from sqlalchemy import Connection

from contracts.store_nouns import SHOP
from contracts.store_search import SearchContract, saying
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.stores.sql.search import FIND, MOST_WORDS, matching
from stores.sql.cost import plan, steps_of_reading


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


def test_the_words_lead_and_nothing_is_sorted(bare: Connection) -> None:
    assert [line.split("VIRTUAL TABLE")[0] for line in plan(bare, FIND)] == [
        "SCAN search_words ",
        "SEARCH found USING INTEGER PRIMARY KEY (rowid=?)",
    ]


async def test_what_a_page_costs_does_not_grow_with_what_is_found(stores: Stores) -> None:
    steps, _ = await steps_of_reading(stores)

    async def steps_of_a_page() -> int:
        before = steps.taken
        assert len((await stores.search.find("parcel red", limit=5)).rows) == 5
        return steps.taken - before

    await stores.ledger.accept([saying(uid, "a red parcel") for uid in range(20)])
    few = await steps_of_a_page()
    assert few > 20
    await stores.ledger.accept([saying(uid, "a red parcel") for uid in range(100, 1_100)])
    # Fifty times as many are found; a few steps more read the larger index.
    assert await steps_of_a_page() < few * 2


@pytest.mark.parametrize("mailbox", [None, SHOP])
async def test_no_query_is_refused_by_the_index(stores: Stores, mailbox: MailboxId | None) -> None:
    await stores.ledger.accept([saying(1, "a red bicycle")])
    for sign in map(chr, (*range(0x300), 0x378, 0xFFFD, 0xFFFF, 0x1F600, 0x10FFFF)):
        for query in (sign, f"{sign}{sign}*"):
            await stores.search.find(query, mailbox_id=mailbox)
        # What belongs to no word stands between two.
        found = await stores.search.find(f"red{sign}bicycle", mailbox_id=mailbox)
        assert len(found.rows) == int(not sign.isalnum())
