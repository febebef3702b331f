"""A few connections to one server, lent to one message at a time and kept for the next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from postroom.providers.imap_smtp.smtp_connection import Connection


class Pool:
    """Lends at most `size` connections at a time; one that was idle for more than `idle_seconds` is not used again."""

    def __init__(self, open_one: Callable[[], Awaitable[Connection]], *, size: int, idle_seconds: float) -> None:
        self._open_one = open_one
        self._idle_seconds = idle_seconds
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._closed = False

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Connection]:
        """Lend a connection that answers; it comes back only if its user leaves it `clean`.

        Raises:
            TransientError, PluginError: none can be opened.
        """
        async with self._free:
            connection = await self._ready()
            connection.clean = False
            try:
                yield connection
            finally:
                if connection.clean and not self._closed:
                    connection.rest()
                    self._idle.append(connection)
                else:
                    connection.drop()

    async def close(self) -> None:
        """Leave the idle connections; those that are lent are closed when they come back."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.leave() for connection in idle))

    async def _ready(self) -> Connection:
        """Return the connection that was used last if it still answers, else a new one."""
        if self._idle:
            connection = self._idle.pop()
            if connection.idle_seconds() < self._idle_seconds and await _answers(connection):
                return connection
            # The others have been idle for longer still: each could cost a time-out.
            for useless in (connection, *self._idle):
                useless.drop()
            self._idle.clear()
        return await self._open_one()


async def _answers(connection: Connection) -> bool:
    try:
        return await connection.is_alive()
    except asyncio.CancelledError:
        connection.drop()
        raise
