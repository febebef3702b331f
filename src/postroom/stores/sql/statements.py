"""Statements that SQLite and PostgreSQL share beyond the standard, and their execution for many rows or keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import UpdateBase

from postroom.stores.sql.rows import Found

# Well below the number of values SQLite takes in one statement.
CHUNK = 500


def insert_once(table: Table, *key: str) -> UpdateBase:
    """Return an insert that does nothing where a row with the same `key` is stored; without one: with any unique key.

    PostgreSQL's construct also compiles for SQLite, which took the clause over from it; the reverse does not.
    """
    return insert(table).on_conflict_do_nothing(index_elements=list(key) or None)


def insert_or_replace(table: Table, *key: str) -> UpdateBase:
    """Return an insert that writes all other given columns anew where a row with the same `key` is stored."""
    statement = insert(table)
    changed = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in key and column.name != "position"
    }
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


def execute_all(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute a statement once for all `rows`, not at all where there are none."""
    if rows:
        connection.execute(statement, rows)


def in_chunks(
    connection: Connection, statement: Executable, keys: Iterable[str], values: Mapping[str, object]
) -> Iterator[Found]:
    """Yield what a statement finds for its list `keys`, however long that is; `values` are its other ones."""
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        yield from connection.execute(statement, {**values, "keys": wanted[start : start + CHUNK]})
