"""A SQL database as the stores see it: write, read, check, close."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from postroom.errors import StoreError
from postroom.stores.sql.migrate import schema_version
from postroom.stores.sql.sqlite import forbid_writing, reading
from postroom.stores.sql.writer import ClosedError, Writer

READERS = 3

Result = TypeVar("Result")


class Database:
    """One writing and a few reading connections to one file; usable from several event loops at once."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._path = path
        self._writer = Writer(engine.connect())
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        for _ in range(READERS):
            connection = engine.connect()
            forbid_writing(connection)
            self._idle.put(connection)
        self._readers = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="postroom-reader")
        self._closing = threading.Lock()
        self._closed = False

    async def write(self, operation: Callable[[Connection], Result]) -> Result:
        """Return what `operation` gave, after its transaction was committed with those that waited with it.

        It may be executed more than once, so it must be a pure function of the connection.

        Raises:
            StoreError: the database cannot be written.
        """
        try:
            return await self._writer.write(operation)
        except SQLAlchemyError as error:
            raise _store_error(error, self._path) from error

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` finds in one consistent view of what is committed; the writer never blocks it.

        Raises:
            StoreError: the database cannot be read.
        """
        if self._closed:
            raise ClosedError("The store is closed.", hint="Something outlived the shutdown; it is safe to repeat.")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, self._find, query)
        except SQLAlchemyError as error:
            raise _store_error(error, self._path) from error

    async def check(self) -> str:
        """Return one line that says what is connected.

        Raises:
            StoreError: it cannot be used.
        """
        version = await self.read(schema_version)
        library = await self.read(
            lambda connection: str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
        )
        return f"SQLite {library} at {self._path}, schema {version}"

    async def close(self) -> None:
        """Finish every write that was asked for and close all connections; closing again does nothing."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._writer.close()
            self._readers.shutdown()
            for _ in range(READERS):
                self._idle.get().close()

    def _find(self, query: Callable[[Connection], Result]) -> Result:
        connection = self._idle.get()
        try:
            with reading(connection):
                return query(connection)
        finally:
            self._idle.put(connection)


def _store_error(error: SQLAlchemyError, path: Path) -> StoreError:
    # The driver's own words only: SQLAlchemy's would add the statement and its values, which hold mail text.
    reason = getattr(error, "orig", None) or type(error).__name__
    return StoreError(
        f"The database {str(path)!r} cannot be used: {reason}.",
        hint="Check that its disk is not full and that no other program holds it, then try again.",
    )
