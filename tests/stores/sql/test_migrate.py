"""Migrations make exactly the tables that the program uses."""

import sqlite3
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from contracts.kept_nouns import note, user
from contracts.store_examples import MODEL, judgement
from contracts.store_nouns import START, event
from postroom.errors import StoreError
from postroom.interfaces.codec import encode
from postroom.model.answer import FlaggedAnswer
from postroom.model.email import ConversationId, MailboxId
from postroom.model.execution import EventFilter, EventKind
from postroom.model.preferences import Preferences
from postroom.model.reply import ReplyState
from postroom.model.trained_model import ModelId
from postroom.model.workflow import WorkflowSlug
from postroom.stores.sql.migrate import HEAD, VERSIONS, migrate, schema_version
from postroom.stores.sql.open import open_stores
from postroom.stores.sql.sqlite import make_engine, writing
from postroom.stores.sql.tables import metadata


def test_the_tables_made_by_migrations_are_those_of_the_metadata(path: Path) -> None:
    with make_engine(path).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        assert compare_metadata(context, metadata) == []
        made = {
            str(name): str(sql)
            for name, sql in connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        }
    assert "AUTOINCREMENT" in made["events"]
    assert set(metadata.tables) < set(made)


def test_the_known_versions_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("postroom.stores.sql") / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == HEAD
    assert tuple(reversed([revision.revision for revision in script.walk_revisions()])) == VERSIONS


def test_a_migration_that_is_rolled_back_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with make_engine(path).connect() as connection:
        with writing(connection):
            migrate(connection)
            assert schema_version(connection) == HEAD
            connection.rollback()
        assert schema_version(connection) is None
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    raw.close()


def test_a_store_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with make_engine(path).connect() as connection:
        with writing(connection):
            migrate(connection, to="0001")
            assert schema_version(connection) == "0001"
            connection.exec_driver_sql("INSERT INTO message_ids VALUES ('<1@x>', 'conversation', 'owner')")
        with writing(connection):
            migrate(connection)
            assert schema_version(connection) == HEAD
        rows = connection.exec_driver_sql("SELECT * FROM message_ids").all()
        assert [tuple(row) for row in rows] == [("<1@x>", "conversation")]


# What the second schema holds of one mail, its reply and a question about it.
SECOND_SCHEMA = (
    "INSERT INTO emails VALUES (1, 'e1', 'shop', 'c1', 1, 'hash', 10, 20, 3, "
    """'{"subject": "s", "from_address": null}')""",
    "INSERT INTO email_contents VALUES ('e1', x'00ff')",
    "INSERT INTO conversations VALUES ('c1', 's', '[]', 1, 10, 10)",
    "INSERT INTO ledger VALUES (1, 'shop', '1', '7', 'new', 'e1', 'x1', 20)",
    "INSERT INTO mailbox_cursors VALUES ('shop', 'cursor 7')",
    "INSERT INTO reviews VALUES (1, 'r1', 'draft', 'x1', 'ask', 'e1', 1, 'unsure', NULL, 'open', NULL, NULL, 30, NULL)",
    "INSERT INTO replies VALUES (1, 'x1/send', 'e1', 'shop', 'c1', '<1@shop>', 'shop@x', '', 'ann@x', NULL, 0, '[]', "
    "'sent', 1, '250', NULL, 40, 50)",
    "INSERT INTO reply_contents VALUES ('x1/send', x'00ff')",
)


async def test_a_store_of_the_second_schema_is_brought_up_to_date_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with make_engine(path).connect() as connection, writing(connection):
        migrate(connection, to="0002")
        for statement in SECOND_SCHEMA:
            connection.exec_driver_sql(statement)
    stores = await open_stores(f"sqlite:///{path}")
    assert f"schema {HEAD}" in await stores.connection.check()
    found = await stores.outbox.by_message_id("<1@shop>")
    assert found is not None
    assert (found.filed, found.bounced, found.state, found.outgoing.content) == (True, "", ReplyState.SENT, b"\x00\xff")
    assert await stores.outbox.unfiled(MailboxId("shop")) == ()
    assert (found.retried_at, found.begun_at) == (None, found.created_at)
    (email,) = (await stores.emails.of_conversation(ConversationId("c1"))).rows
    assert await stores.emails.raw(email.id) == b"\x00\xff"
    assert [one.id for one in await stores.reviews.undecided_in(ConversationId("c1"))] == ["r1"]
    assert await stores.ledger.cursor(MailboxId("shop")) == "cursor 7"
    sign = FlaggedAnswer(mailbox_id=MailboxId("shop"), uid_validity="1", uid="7", seen_at=START)
    (answered,) = await stores.ledger.note_answers([sign])
    assert answered.email_id == "e1"
    assert await stores.mailboxes.list() == ()
    await stores.connection.close()


# What the fourth schema holds of executions, their events, replies, a question and a workflow.
FOURTH_SCHEMA = (
    *(
        f"INSERT INTO executions VALUES ({n}, 'x{n}', 'e{n}', 'shop', '{slug}', 1, 'running', 1, NULL, 10, 10, 0, NULL)"
        for n, slug in ((1, "support"), (2, "sales"))
    ),
    *(
        f"INSERT INTO events VALUES ({n}, '{execution}', 'n', {n}, '{kind}', 30, '', '', NULL)"
        for n, execution, kind in (
            (1, "x1", "node_started"),
            (2, "x2", "node_failed"),
            (3, "gone", "node_failed"),
            (4, "x1", "node_succeeded"),
        )
    ),
    *(
        f"INSERT INTO replies VALUES ({n}, 'x{n}/send', 'e{n}', 'shop', 'c1', '<{n}@shop>', 'shop@x', '', 'ann@x', "
        f"NULL, 0, '[]', '{state}', 1, '', NULL, 40, {50 + n}, 1, '', NULL)"
        for n, state in ((1, "sent"), (2, "pending"), (3, "failed"))
    ),
    "INSERT INTO reviews VALUES (1, 'r1', 'draft', 'x1', 'ask', 'e1', 1, 'unsure', NULL, 'open', NULL, NULL, 30, NULL)",
    "INSERT INTO workflows VALUES ('support', 1, '{}')",
)


def test_a_store_of_the_fourth_schema_learns_the_workflows_of_events_and_when_replies_were_sent(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with make_engine(path).connect() as connection:
        with writing(connection):
            migrate(connection, to="0004")
            for statement in FOURTH_SCHEMA:
                connection.exec_driver_sql(statement)
        with writing(connection):
            migrate(connection)
            assert schema_version(connection) == HEAD

        def rows(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        assert rows("SELECT cursor, execution_id, workflow FROM events ORDER BY cursor") == [
            (1, "x1", "support"),
            (2, "x2", "sales"),
            (3, "gone", ""),
            (4, "x1", "support"),
        ]
        assert rows("SELECT id, sent_at FROM replies ORDER BY position") == [
            ("x1/send", 51),
            ("x2/send", None),
            ("x3/send", None),
        ]
        assert rows("SELECT id, not_before FROM reviews") == [("r1", None)]
        assert rows("SELECT slug, version, saved_at FROM workflows") == [("support", 1, None)]
        assert rows("SELECT * FROM published_workflows") == []


async def test_a_store_of_the_fourth_schema_can_be_used_at_once(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with make_engine(path).connect() as connection, writing(connection):
        migrate(connection, to="0004")
        for statement in FOURTH_SCHEMA:
            connection.exec_driver_sql(statement)
    stores = await open_stores(f"sqlite:///{path}")
    of_sales = EventFilter(workflow=WorkflowSlug("sales"))
    assert [(one.cursor, one.workflow) for one in await stores.executions.events(of_sales)] == [(2, "sales")]
    assert (await stores.executions.events(after=3))[0].workflow == "support"
    await stores.executions.record([event("x2", EventKind.NODE_STARTED)])
    assert [one.cursor for one in await stores.executions.events(after=4)] == [5]
    assert await stores.users.add(user("ann"))
    assert await stores.notes.add(note("a"))
    assert await stores.preferences.get() == Preferences()
    assert await stores.articles.changes() == 0
    await stores.connection.close()


async def test_models_that_were_promoted_before_there_was_a_history_can_be_rolled_back(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    chain = (("mo_a", "replaced", "null", 1), ("mo_b", "in_use", '"mo_a"', 2), ("mo_c", "candidate", "null", 3))
    with make_engine(path).connect() as connection, writing(connection):
        migrate(connection, to="0007")
        for name, state, replaced, day in chain:
            words = (
                f'{{"id": "{name}", "name": "linear@{name}", "checksum": "f", "seed": 0, "examples": 9, "by": "ann", '
                f'"created_at": "2026-01-01T00:00:00Z", "promoted_at": "2026-01-0{day}T00:00:00Z", "figures": {{}}, '
                f'"state": "{state}", "replaced": {replaced}}}'
            )
            row = {"id": name, "state": state, "words": words}
            connection.execute(text("INSERT INTO models (id, state, model_json) VALUES (:id, :state, :words)"), row)
    stores = await open_stores(f"sqlite:///{path}")
    assert [one.model_id for one in (await stores.models.history()).rows] == ["mo_b", "mo_a"]
    assert (await stores.models.history()).rows[0].at.day == 2
    assert await stores.models.roll_back(ModelId("mo_b"), at=START)
    assert getattr(await stores.models.in_use(), "id", None) == "mo_a"
    assert await stores.models.roll_back(ModelId("mo_a"), at=START)
    assert await stores.models.in_use() is None
    await stores.connection.close()


async def test_what_people_judged_stays_with_who_drafted_and_what_was_told_after_the_fact_begins_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.db"
    kept = (
        replace(judgement("a"), agreement=None),
        replace(judgement("b", minute=1), agreement=None, responder="articles@1", sampled=False),
        replace(judgement("c", minute=2), agreement=0.5),
    )
    with make_engine(path).connect() as connection, writing(connection):
        migrate(connection, to="0009")
        for one in (*kept, replace(judgement("d"), live=False)):
            row = {"id": one.example_id, "model": one.model, "at": 1, "words": encode(one)}
            connection.execute(text("INSERT INTO judgements VALUES (:id, :model, :at, :words)"), row)
    stores = await open_stores(f"sqlite:///{path}")
    assert set(await stores.judgements.of_model(MODEL)) == set(kept)
    assert await stores.judgements.fair_of_model(MODEL) == kept[:1]
    replaced = replace(kept[1], right=False)
    await stores.judgements.put([replaced, replace(kept[1], responder="articles@2")])
    assert len(await stores.judgements.of_model(MODEL)) == 4
    await stores.connection.close()


async def test_of_what_lay_in_quarantine_before_neither_time_nor_flags_are_known(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with make_engine(path).connect() as connection, writing(connection):
        migrate(connection, to="0008")
        columns = "id, mailbox_id, uid_validity, uid, reason, size_bytes, at"
        connection.execute(text(f"INSERT INTO quarantine ({columns}) VALUES ('q', 'shop', '1', '7', 'odd', 9, 1000)"))
    stores = await open_stores(f"sqlite:///{path}")
    found = await stores.ledger.quarantined_entry("q")
    assert (found.received_at, found.flags, found.uid) == (None, None, "7")
    await stores.connection.close()


def test_the_indexes_of_few_rows_are_those_of_the_metadata(path: Path) -> None:
    conditions = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert {"ix_replies_unfiled", "uq_alarms_open", "ix_events_notable", "ix_deliveries_due"} < set(conditions)
    made = _schema(path)
    assert {name: made[name].partition("WHERE ")[2] for name in conditions} == conditions


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether a table is not one of those that a full-text index of SQLite consists of."""
    return kind != "table" or name is None or not name.startswith("search_words")


def _schema(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {str(name): str(sql) for name, sql in rows}


def test_an_unknown_version_is_refused(path: Path) -> None:
    with make_engine(path).connect() as connection, writing(connection):
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
        with pytest.raises(StoreError):
            migrate(connection)
