"""Migrations make exactly the tables that the program uses."""

import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from postroom.errors import StoreError
from postroom.stores.sql.migrate import HEAD, VERSIONS, migrate, schema_version
from postroom.stores.sql.sqlite import make_engine, writing
from postroom.stores.sql.tables import metadata


def test_the_tables_made_by_migrations_are_those_of_the_metadata(path: Path) -> None:
    with make_engine(path).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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


def test_an_unknown_version_is_refused(path: Path) -> None:
    with make_engine(path).connect() as connection, writing(connection):
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
        with pytest.raises(StoreError):
            migrate(connection)
