"""A SQL database as the stores see it: write, read, check, close."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from postroom.stores.sql.failure import failure_of, refusal
from postroom.stores.sql.migrate import schema_version
from postroom.stores.sql.sqlite import BareStatement, forbid_writing, reading, rows_of
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
        # Apart from the readers: who watches holds a thread, and a connection only while looking.
        self._watchers = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="postroom-watcher")
        self._closing = threading.Lock()
        self._closed = False

    async def write(self, operation: Callable[[Connection], Result]) -> Result:
        """Return what `operation` gave, after its transaction was committed with those that waited with it.

        It may be executed more than once, so it must be a pure function of the connection.

        Raises:
            StoreError: the database cannot be written.
            InputError: it can never take what it was given.
        """
        try:
            return await self._writer.write(operation)
        except SQLAlchemyError as error:
            raise failure_of(error, self._path) from error
        except (UnicodeEncodeError, OverflowError) as error:
            reason = f"{type(error).__name__} while its values were written down"
        # Raised out here, apart from its cause: that one holds the value itself, which may be mail text.
        raise refusal(reason, self._path)

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` finds in one consistent view of what is committed; the writer never blocks it.

        Raises:
            StoreError: the database cannot be read.
            InputError: it can never take what it was given.
        """
        self._refuse_if_closed()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, self._find, query)
        except SQLAlchemyError as error:
            raise failure_of(error, self._path) from error
        except (UnicodeEncodeError, OverflowError) as error:
            reason = f"{type(error).__name__} while its values were written down"
        # Raised out here, apart from its cause: that one holds the value itself, which may be mail text.
        raise refusal(reason, self._path)

    async def watch(
        self,
        statement: BareStatement,
        values: Mapping[str, int | str],
        *,
        every_seconds: float,
        patience_seconds: float,
    ) -> Sequence[tuple[object, ...]]:
        """Return what a SELECT finds as soon as it finds something, nothing where it does not within the patience.

        It is a constant of its module, asked without a transaction, for the first time after `every_seconds`.

        Raises:
            StoreError: the database cannot be read, or was closed meanwhile.
        """
        self._refuse_if_closed()
        left = threading.Event()

        def watching() -> Sequence[tuple[object, ...]]:
            end = time.monotonic() + patience_seconds
            while not left.wait(every_seconds):
                self._refuse_if_closed()
                found = self._look(lambda connection: rows_of(connection, statement, values))
                if found or time.monotonic() >= end:
                    return found
            return ()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._watchers, watching)
        except SQLAlchemyError as error:
            raise failure_of(error, self._path) from error
        finally:
            left.set()

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
            self._watchers.shutdown()
            self._readers.shutdown()
            for _ in range(READERS):
                self._idle.get().close()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ClosedError("The store is closed.", hint="Something outlived the shutdown; it is safe to repeat.")

    def _find(self, query: Callable[[Connection], Result]) -> Result:
        def read(connection: Connection) -> Result:
            with reading(connection):
                return query(connection)

        return self._look(read)

    def _look(self, look: Callable[[Connection], Result]) -> Result:
        connection = self._idle.get()
        try:
            return look(connection)
        finally:
            self._idle.put(connection)
