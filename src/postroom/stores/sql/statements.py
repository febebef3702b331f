"""Statements that SQLite and PostgreSQL share beyond the standard, made once when a module is imported."""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import UpdateBase


def insert_once(table: Table, *key: str) -> UpdateBase:
    """Return an insert that does nothing where a row with the same `key` is stored.

    PostgreSQL's construct also compiles for SQLite, which took the clause over from it; the reverse does not.
    """
    return insert(table).on_conflict_do_nothing(index_elements=list(key))


def insert_or_replace(table: Table, *key: str) -> UpdateBase:
    """Return an insert that writes all other given columns anew where a row with the same `key` is stored."""
    statement = insert(table)
    changed = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in key and column.name != "position"
    }
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)
