"""Connections to the file: what they let no log see, and what they can hold."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from postroom.stores.sql.sqlite import largest_row_bytes, make_engine
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.emails import emails
from postroom.stores.sql.tables.workflows import switches


@pytest.mark.parametrize("values", [{"name": "mail text"}, {"id": "mail text"}], ids=["refused", "never sent"])
def test_the_error_of_a_statement_does_not_hold_its_values(path: Path, values: dict[str, str]) -> None:
    statement = insert_once(switches, "name") if "name" in values else insert_once(emails, "id")
    with make_engine(path).connect() as connection:
        connection.exec_driver_sql("DROP TABLE switches")
        with pytest.raises(SQLAlchemyError) as caught:
            connection.execute(statement, [values, {}] if "id" in values else values)
    error: BaseException | None = caught.value
    while error is not None:
        assert "mail text" not in str(error)
        assert "mail text" not in repr(error)
        error = error.__cause__ or error.__context__


def test_the_largest_row_is_what_the_connection_says(path: Path) -> None:
    with make_engine(path).connect() as connection:
        assert largest_row_bytes(connection) >= 1_000_000
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 12_345)
        assert largest_row_bytes(connection) == 12_345
