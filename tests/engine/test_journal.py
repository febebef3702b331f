"""The journal: WAL and its flush mode on every connection, JSON and never pickle, and where it cannot be."""

import json
import pickle
import sqlite3
from pathlib import Path

import pytest
from dbos._dbos import _get_dbos_instance

from engine.house import House, make_workflow
from postroom.engine.journal import Journal, JsonSerializer, Synchronous, hasten, journal_engine
from postroom.errors import ConfigurationError
from postroom.stores.sql.database import Database

MODES = {"NORMAL": 1, "FULL": 2}


def modes_of(connection: sqlite3.Connection) -> tuple[str, int]:
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    return journal, synchronous


@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
async def test_every_connection_of_store_and_journal_is_in_wal_and_flushes_as_it_should(
    house: House, synchronous: Synchronous
) -> None:
    workflow = make_workflow({"s": "start", "a": "read", "b": "effect"}, ["s>a", "s>b"])
    async with house.engine(synchronous=synchronous) as engine:
        await house.accept(workflow, 3)
        await engine.quiet()
        pool = _get_dbos_instance()._sys_db.engine
        held = [pool.connect() for _ in range(10)]
        journalled = [modes_of(_sqlite(each.connection.driver_connection)) for each in held]
        for each in held:
            each.close()
        assert engine._fast is not None
        assert len(engine._fast._opened) >= 2
        fast = [modes_of(each) for each in engine._fast._opened]
    assert {*journalled, *fast} == {("wal", MODES[synchronous])}
    assert {modes_of(each) for each in _store_connections(house)} == {("wal", MODES["FULL"])}


def _sqlite(connection: object) -> sqlite3.Connection:
    assert isinstance(connection, sqlite3.Connection)
    return connection


def _store_connections(house: House) -> list[sqlite3.Connection]:
    database = house.stores.connection
    assert isinstance(database, Database)
    readers = [database._idle.get() for _ in range(database._idle.qsize())]
    for reader in readers:
        database._idle.put(reader)
    found = [_sqlite(each.connection.driver_connection) for each in (*readers, database._writer._connection)]
    assert len(found) == 4
    return found


async def test_the_journal_holds_json_and_no_mail_and_nothing_of_it_is_a_pickle(house: House) -> None:
    workflow = make_workflow({"s": "start", "a": "read", "bad": ("read", {"failures": 99, "permanent": True})},
                             ["s>a", "s>bad"])  # fmt: skip
    async with house.engine() as engine:
        await house.accept(workflow, 2)
        await engine.quiet()
    connection = sqlite3.connect(house.folder / "journal.sqlite")
    queries = {
        "inputs": "SELECT w.inputs, s.serialization FROM workflow_status s JOIN workflow_input w USING (workflow_uuid)",
        "steps": "SELECT output, serialization FROM operation_outputs",
        "outputs": "SELECT output, 'postroom_json' FROM workflow_output",
    }
    rows = {name: connection.execute(query).fetchall() for name, query in queries.items()}
    connection.close()
    assert {name: len(found) for name, found in rows.items()} == {"inputs": 2, "steps": 4, "outputs": 2}
    for text, serialization in (row for found in rows.values() for row in found):
        assert serialization == "postroom_json"
        json.loads(text)
        assert "Subject" not in text
        with pytest.raises(pickle.UnpicklingError):
            pickle.loads(text.encode())


async def test_steps_are_named_after_the_graph_and_pure_nodes_leave_none(house: House) -> None:
    workflow = make_workflow({"s": "start", "a": "read", "b": "pure", "c": "effect", "d": "keyed"},
                             ["s>a", "a>b", "b>c", "c>d"])  # fmt: skip
    async with house.engine() as engine:
        await house.accept(workflow)
        await engine.quiet()
    connection = sqlite3.connect(house.folder / "journal.sqlite")
    names = connection.execute("SELECT function_name FROM operation_outputs ORDER BY function_id").fetchall()
    connection.close()
    assert names == [("a:read",), ("c:effect",)]


def test_the_serializer_writes_json() -> None:
    serializer = JsonSerializer()
    assert serializer.serialize({"a": [1, "é"]}) == '{"a":[1,"\\u00e9"]}'
    assert serializer.deserialize(serializer.serialize({"a": [1, None]})) == {"a": [1, None]}
    assert serializer.serialize(ValueError("the customer's words")) == '{"exception":"ValueError"}'
    assert serializer.name() == "postroom_json"


def test_a_journal_that_cannot_be_made_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError) as caught:
        journal_engine(Journal(url=f"sqlite:///{tmp_path / 'file' / 'journal.sqlite'}"))
    assert "POSTROOM_DATA_DIR" in caught.value.hint
    (tmp_path / "text.sqlite").write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        journal_engine(Journal(url=f"sqlite:///{tmp_path / 'text.sqlite'}"))


def test_only_a_sqlite_journal_has_a_file_and_can_be_hastened() -> None:
    assert Journal(url="sqlite:////tmp/j.sqlite").file == Path("/tmp/j.sqlite")
    postgresql = Journal(url="postgresql://localhost/journal")
    assert postgresql.file is None
    assert hasten(postgresql) is None
    assert hasten(Journal(url="sqlite:////tmp/j.sqlite", fast=False)) is None
