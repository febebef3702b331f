"""What is particular to SQLite: its files, its pragmas, its transactions and its versions of the standard's words.

Only `Database`, `open` and the bound of a row in the ledger speak of it; the full-text index (`search_index`) is
SQLite's as well. PostgreSQL will need its own of all functions here and of that index, and two locks: `events.cursor`
is in order of commit here because all writers of a file are serialised by `BEGIN IMMEDIATE`. With concurrent
transactions a sequence is not: a writer must take an advisory lock before it draws cursors, and hold it until its
commit. Acceptances need one for the same reason (`acceptance_rows.known`).
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, Select, create_engine, event
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.engine import URL, Compiled
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from postroom.errors import ConfigurationError, StoreError

BUSY_TIMEOUT_MILLISECONDS = 10_000
_NAMED = dialect(paramstyle="named")
_BARE_STATEMENTS = 32
BareStatement = Select[*tuple[object, ...]]
"""A SELECT for `rows_of`: a constant of a module, because it is compiled once."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
    "PRAGMA cache_size=-16000",
)


def make_engine(path: Path) -> Engine:
    """Return an engine for the file whose every connection is durable; begin transactions with the two functions here.

    Raises:
        ConfigurationError: the file or its folder cannot be written, or it is no database.
    """
    _create_file(path)
    # The values of a statement are mail text, which no log may hold: errors do not repeat them.
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    return engine


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """Hold the file's only write lock from the beginning to the commit, so that nothing read inside can change."""
    with connection.begin():
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Look at one consistent state of the file, however many statements are executed."""
    with connection.begin():
        connection.exec_driver_sql("BEGIN")
        yield


def rows_of(
    connection: Connection, statement: BareStatement, values: Mapping[str, int | str]
) -> Sequence[tuple[object, ...]]:
    """Return the rows of one SELECT that lives as long as its module: it is a consistent view by itself.

    For what is asked many times a second: a transaction and SQLAlchemy's rows cost several times as much.
    """
    raw, compiled = _raw(connection), _compiled(statement)
    try:
        found: list[tuple[object, ...]] = raw.execute(str(compiled), {**compiled.params, **values}).fetchall()
    except sqlite3.Error as error:
        raise OperationalError(None, None, error, hide_parameters=True) from error
    return found


def forbid_writing(connection: Connection) -> None:
    """Make a connection of a reader refuse every change."""
    connection.exec_driver_sql("PRAGMA query_only=ON")
    connection.rollback()


def is_busy(error: OperationalError) -> bool:
    """Return whether another process held the file for longer than the busy time-out."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_too_much(error: OperationalError) -> bool:
    """Return whether a statement went beyond a limit of SQLite, which no waiting mends."""
    return str(error.orig).startswith(("string or blob too big", "too many"))


def largest_row_bytes(connection: Connection) -> int:
    """Return how many bytes a row, or a value of one, may have (https://sqlite.org/limits.html, number 1)."""
    return int(_raw(connection).getlimit(sqlite3.SQLITE_LIMIT_LENGTH))


@lru_cache(maxsize=_BARE_STATEMENTS)
def _compiled(statement: BareStatement) -> Compiled:
    return statement.compile(dialect=_NAMED)


def _raw(connection: Connection) -> DBAPIConnection:
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise StoreError("The connection to the database is closed.", hint="It is safe to repeat.")
    return raw


def _create_file(path: Path) -> None:
    """Put the file in WAL before anything else uses it: the mode is kept in the file."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_MILLISECONDS / 1000, isolation_level=None)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
            connection.execute("PRAGMA query_only=ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise ConfigurationError(
            f"The database {str(path)!r} cannot be opened for writing: {error}.",
            hint="Its folder must exist, and the user who runs Postroom must own the folder and the file.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(
            f"The file {str(path)!r} is not a SQLite database.", hint="Name another file, or restore a backup."
        ) from error
    if mode != "wal":
        raise StoreError(
            f"The database {str(path)!r} cannot be put in WAL mode (it is in {mode!r}).",
            hint="Keep it on a local disk: network file systems lack what WAL needs.",
        )


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # With its own transaction control off, the driver leaves BEGIN to us and takes DDL into transactions.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
