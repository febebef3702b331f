"""What a statement costs: the way that SQLite chooses for it, and the steps that it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import CompilerElement

from postroom.interfaces.stores import Stores
from postroom.stores.sql.database import READERS, Database


def plan(connection: Connection, statement: CompilerElement) -> list[str]:
    """Return how SQLite goes about a statement, one line a table; none for a mere insert."""
    text = re.sub(r"__\[POSTCOMPILE_\w+\]", "?", str(statement.compile(dialect=sqlite.dialect())))
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", tuple(0 for _ in range(text.count("?")))).all()
    return [str(row.detail) for row in rows]


@dataclass(slots=True)
class Steps:
    """The steps that SQLite's machine took on the connections that are counted."""

    taken: int = 0

    def count(self, connection: Connection) -> None:
        """Count what this connection does from now on."""
        _tell(connection, self._one_more)

    def ignore(self, connection: Connection) -> None:
        """Count this connection no longer."""
        _tell(connection, None)

    def _one_more(self) -> int:
        self.taken += 1
        return 0


async def steps_of_reading(stores: Stores) -> tuple[Steps, Database]:
    """Return the steps of all reading from now on, and the database that it is done on."""
    database = stores.connection
    assert isinstance(database, Database)
    steps = Steps()
    # The readers take turns.
    for _ in range(READERS):
        await database.read(steps.count)
    return steps, database


def _tell(connection: Connection, step: Callable[[], int] | None) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.set_progress_handler(step, 1)
