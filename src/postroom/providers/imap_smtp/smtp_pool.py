"""A few connections to one server, lent to one message at a time and kept for the next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from postroom.providers.imap_smtp.smtp_circuit import BusyError, Circuit
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_connection import SmtpConnection

FRESH_SECONDS = 5.0  # A connection that was idle for less is used without asking whether it answers.


class Pool:
    """Lends the connections that the settings allow; one that was idle for `idle_seconds` is not used again.

    `now` gives seconds that only grow.
    """

    def __init__(self, circuit: Circuit, config: SmtpConfig, *, now: Callable[[], float]) -> None:
        self._circuit = circuit
        self._config = config
        self._now = now
        self._free = asyncio.Semaphore(config.connections)
        self._idle: list[SmtpConnection] = []
        self._closed = False

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[SmtpConnection]:
        """Lend a connection; it comes back only if its user leaves it `clean`.

        Only one that was idle for some seconds was asked whether it answers: another may be gone.

        Raises:
            UnopenedError: none can be opened. BusyError: none came back in time.
        """
        await self._take_turn()
        try:
            connection = await self._ready()
            connection.clean = False
            try:
                yield connection
            finally:
                if connection.clean and not self._closed:
                    connection.rested_at = self._now()
                    self._idle.append(connection)
                else:
                    connection.drop()
        finally:
            self._free.release()

    def drop_idle(self) -> None:
        """Close the idle connections at once."""
        for useless in self._idle:
            useless.drop()
        self._idle.clear()

    async def close(self) -> None:
        """Leave the idle connections; those that are lent are closed when they come back."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.leave() for connection in idle))

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(self._config.wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise BusyError(
                f"All {self._config.connections} connections to {self._config.place} were in use for"
                f" {self._config.wait_seconds:g} s."
            ) from error

    async def _ready(self) -> SmtpConnection:
        """Return the connection that was used last if it can still be used, else a new one."""
        if self._idle:
            connection = self._idle.pop()
            if await self._is_usable(connection):
                return connection
            connection.drop()
            # The others have been idle for longer still: each could cost a time-out.
            self.drop_idle()
        return await self._circuit.open()

    async def _is_usable(self, connection: SmtpConnection) -> bool:
        idle_seconds = self._now() - (connection.rested_at or 0.0)
        if idle_seconds >= self._config.idle_seconds or not connection.is_open:
            return False
        return idle_seconds < FRESH_SECONDS or await _answers(connection)


async def _answers(connection: SmtpConnection) -> bool:
    try:
        return await connection.is_alive()
    except asyncio.CancelledError:
        connection.drop()
        raise
