"""What people keep is found by an index, however much of it there is, and said in words that both dialects know."""

import pytest
from sqlalchemy import Connection, Select
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.sql.dml import UpdateBase

from contracts.kept_nouns import delivery, webhook
from contracts.store_nouns import at
from postroom.interfaces.stores import Stores
from postroom.stores.sql import articles, audit, credentials, notes, preferences, submissions, users, webhooks
from stores.sql.cost import plan, steps_of_reading

MODULES = (articles, audit, credentials, notes, preferences, submissions, users, webhooks)

STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, Select | UpdateBase)
}

# There are as few webhooks and users as people set up.
SMALL = {"webhooks", "users"}

FOUND_BY = {
    "articles.LIST": "sqlite_autoindex_articles_1",
    "credentials.FIND": "uq_credentials_digest",
    "credentials.REDEEM": "uq_credentials_digest",
    "credentials.USED": "uq_credentials_id",
    "credentials.LIST": "ix_credentials_kind",
    "credentials.LIST_OF_USER": "ix_credentials_user",
    "credentials.REVOKE_ALL": "ix_credentials_user",
    "credentials.REVOKE_OTHERS": "ix_credentials_user",
    "credentials.FORGET": "ix_credentials_expires",
    "notes.OF_CONVERSATION": "ix_notes_conversation",
    "submissions.FORGET": "ix_submissions_at",
    "users.NAMED": "uq_users_name",
    "users.LIST": "uq_users_name",
    "webhooks.DUE": "ix_deliveries_due",
    "webhooks.RECORD": "uq_deliveries_id",
    "webhooks.DELIVERIES": "ix_deliveries_webhook",
    "webhooks.DELIVERIES_IN": "ix_deliveries_state",
    "webhooks.FORGET": "ix_deliveries_ended",
}


def test_the_statements_were_found() -> None:
    assert set(FOUND_BY) < set(STATEMENTS)
    assert {"articles.COUNT_ON", "audit.ADD", "preferences.CHANGE", "webhooks.STOP"} < set(STATEMENTS)


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_it_compiles_for_both(name: str) -> None:
    statement = STATEMENTS[name]
    assert str(statement.compile(dialect=sqlite.dialect()))
    assert str(statement.compile(dialect=registry.load("postgresql")()))


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_nothing_scans_a_table_that_grows(bare: Connection, name: str) -> None:
    scans = [line for line in plan(bare, STATEMENTS[name]) if line.startswith("SCAN")]
    assert [line for line in scans if line.split()[1] not in SMALL] == []


@pytest.mark.parametrize("name", sorted(FOUND_BY))
def test_the_index_made_for_it_finds_it(bare: Connection, name: str) -> None:
    assert any(f"{FOUND_BY[name]} " in f"{line} " for line in plan(bare, STATEMENTS[name]))


@pytest.mark.parametrize("name", sorted(set(FOUND_BY) - {"webhooks.DUE"}))
def test_no_list_is_sorted_when_it_is_read(bare: Connection, name: str) -> None:
    assert [line for line in plan(bare, STATEMENTS[name]) if "TEMP B-TREE" in line] == []


@pytest.mark.parametrize("column", ["by", "act", "subject", "at"])
def test_the_audit_log_of_one_of_each_is_found_by_its_index(bare: Connection, column: str) -> None:
    narrowed = [audit.NARROWED[column]] if column in audit.NARROWED else []
    way = plan(bare, audit.LIST.where(*narrowed))
    assert any(f"ix_audit_entries_{column} " in line and "at>? AND at<?" in line for line in way)
    assert [line for line in way if "TEMP B-TREE" in line] == []


async def test_what_is_due_is_found_as_fast_however_much_waits(stores: Stores) -> None:
    async def steps_of_due() -> int:
        before = steps.taken
        assert len(await stores.webhooks.due(at=at(9))) == 3
        return steps.taken - before

    for name in ("a", "b", "c"):
        await stores.webhooks.add(webhook(name))
        waiting = [delivery(name, number) for number in range(2)]
        await stores.webhooks.enqueue(webhook(name).id, waiting, before=0, after=2)

    steps, _ = await steps_of_reading(stores)
    few = [await steps_of_due() for _ in range(3)]
    assert min(few) > 0
    for name in ("a", "b", "c"):
        waiting = [delivery(name, number, next_minute=number % 7) for number in range(2, 2_000)]
        await stores.webhooks.enqueue(webhook(name).id, waiting, before=2, after=2_000)
    assert max([await steps_of_due() for _ in range(3)]) <= max(few) * 1.05
