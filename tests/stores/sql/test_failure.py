"""What waiting may mend stays apart from what no waiting mends."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import exc

from postroom.errors import InputError, StoreError
from postroom.stores.sql.failure import failure_of

FILE = Path("postroom.db")


def coded(error: sqlite3.Error, code: int) -> sqlite3.Error:
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "error",
    [
        exc.OperationalError("INSERT", {}, coded(sqlite3.OperationalError("database is locked"), sqlite3.SQLITE_BUSY)),
        exc.OperationalError("INSERT", {}, coded(sqlite3.OperationalError("disk is full"), sqlite3.SQLITE_FULL)),
        exc.OperationalError("INSERT", {}, coded(sqlite3.OperationalError("disk I/O error"), sqlite3.SQLITE_IOERR)),
        exc.OperationalError("INSERT", {}, sqlite3.OperationalError("no such table: emails")),
        exc.InterfaceError("INSERT", {}, sqlite3.InterfaceError("bad parameter or other API misuse")),
        exc.InternalError("INSERT", {}, sqlite3.InternalError("internal error")),
        exc.DatabaseError("INSERT", {}, sqlite3.DatabaseError("database disk image is malformed")),
        exc.TimeoutError("no connection"),
    ],
    ids=lambda error: str(getattr(error, "orig", None) or error),
)
def test_what_is_wrong_with_the_database_may_be_tried_again(error: exc.SQLAlchemyError) -> None:
    failure = failure_of(error, FILE)
    assert isinstance(failure, StoreError)
    assert failure.retryable
    assert failure.hint


@pytest.mark.parametrize(
    "error",
    [
        exc.DataError("INSERT", {}, coded(sqlite3.DataError("string or blob too big"), sqlite3.SQLITE_TOOBIG)),
        exc.OperationalError("INSERT", {}, sqlite3.OperationalError("string or blob too big")),
        exc.OperationalError("INSERT", {}, sqlite3.OperationalError("too many SQL variables")),
        exc.IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed: emails.id")),
        exc.ProgrammingError("INSERT", {}, sqlite3.ProgrammingError("Error binding parameter 1")),
        exc.StatementError("a value is missing", "INSERT", {}, None),
        exc.InvalidRequestError("no transaction"),
    ],
    ids=lambda error: str(getattr(error, "orig", None) or error),
)
def test_what_is_wrong_with_the_values_is_not_tried_again(error: exc.SQLAlchemyError) -> None:
    failure = failure_of(error, FILE)
    assert isinstance(failure, InputError)
    assert not isinstance(failure, StoreError)
    assert not failure.retryable
    assert failure.hint
