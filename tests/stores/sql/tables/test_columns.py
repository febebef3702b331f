from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.schema import CreateTable

from postroom.stores.sql.tables.columns import metadata, optional_text, position, required_integer, required_text


def rows() -> Table:
    return Table("rows", MetaData(), position(), required_text("id"), optional_text("note"), required_integer("at"))


def test_sqlite_makes_the_position_its_row_id_and_postgresql_lets_it_grow_beyond_32_bits() -> None:
    made = str(CreateTable(rows()).compile(dialect=sqlite.dialect()))
    assert "position INTEGER NOT NULL" in made
    assert "PRIMARY KEY (position)" in made
    assert "position BIGSERIAL NOT NULL" in str(CreateTable(rows()).compile(dialect=registry.load("postgresql")()))


def test_only_what_is_optional_may_be_missing() -> None:
    assert [column.name for column in rows().columns if column.nullable] == ["note"]


def test_a_table_of_any_domain_is_in_the_one_metadata() -> None:
    assert {"ledger", "emails", "executions", "replies", "webhooks", "users", "examples"} <= set(metadata.tables)
