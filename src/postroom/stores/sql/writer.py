"""The one writer: a thread that executes what waits for it in one transaction and commits once for all.

A commit costs the same for one operation as for a hundred, so the busier it is, the cheaper each becomes.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from postroom.errors import StoreError
from postroom.stores.sql.sqlite import is_busy, writing

BATCH = 256
BUSY_TRIES = 3

Result = TypeVar("Result")


class ClosedError(StoreError):
    """The store was closed before it was asked."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Write(Generic[Result]):
    """An operation, the future that waits for it, and what came of it."""

    operation: Callable[[Connection], Result]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Result]
    results: list[Result] = field(default_factory=list)
    error: Exception | None = None

    def run(self, connection: Connection) -> None:
        """Execute the operation; what it gives counts only once the transaction is committed."""
        self.results = [self.operation(connection)]

    def tell(self) -> None:
        """Give the outcome to whoever still waits; called in the loop of the future."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.results[0])


class _Waiting(Protocol):
    """A write whatever its result is."""

    error: Exception | None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop to tell it in."""
        ...

    def run(self, connection: Connection) -> None:
        """Execute it."""
        ...

    def tell(self) -> None:
        """Give the outcome."""
        ...


class Writer:
    """Takes operations from any event loop and executes them in the order they came.

    An operation is a pure function of its connection: when another one of its transaction fails, it runs again.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="postroom-writer", daemon=True)
        self._thread.start()

    async def write(self, operation: Callable[[Connection], Result]) -> Result:
        """Return what `operation` gave, after it was committed.

        Raises:
            StoreError: the database cannot be written.
        """
        loop = asyncio.get_running_loop()
        write: _Write[Result] = _Write(operation=operation, loop=loop, future=loop.create_future())
        with self._closing:
            if self._closed:
                raise ClosedError("The store is closed.", hint="Something outlived the shutdown; it is safe to repeat.")
            self._queue.put(write)
        return await write.future

    def close(self) -> None:
        """Finish everything that was asked before, then let the connection go. Blocks."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        go_on = True
        while go_on:
            batch, go_on = self._take()
            self._commit(batch)
            _tell(batch)
        self._connection.close()

    def _take(self) -> tuple[list[_Waiting], bool]:
        """Wait for one operation and take all that wait behind it; False: there will be no more."""
        batch: list[_Waiting] = []
        try:
            write = self._queue.get()
            while write is not None:
                batch.append(write)
                if len(batch) == BATCH:
                    return batch, True
                write = self._queue.get_nowait()
        except Empty:
            return batch, True
        return batch, False

    def _commit(self, batch: list[_Waiting]) -> None:
        try:
            self._transact(batch)
        except Exception as error:  # noqa: BLE001 - it belongs to the one who asked
            if len(batch) == 1:
                batch[0].error = error
                return
            for write in batch:
                self._commit([write])

    def _transact(self, batch: list[_Waiting]) -> None:
        for attempt in range(1, BUSY_TRIES + 1):
            try:
                with writing(self._connection):
                    for write in batch:
                        write.run(self._connection)
                return
            except OperationalError as error:
                if attempt == BUSY_TRIES or not is_busy(error):
                    raise


def _tell(batch: list[_Waiting]) -> None:
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Waiting]] = defaultdict(list)
    for write in batch:
        by_loop[write.loop].append(write)
    for loop, writes in by_loop.items():
        # A loop that was closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, writes)


def _tell_all(writes: list[_Waiting]) -> None:
    for write in writes:
        write.tell()
