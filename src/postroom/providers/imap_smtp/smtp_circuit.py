"""Leaves a server alone for a while that gave no connection: waiting for it costs slots, and log-ins lock accounts."""

import asyncio
from collections.abc import Awaitable, Callable

from postroom.errors import PluginError
from postroom.providers.imap_smtp.smtp_connection import SmtpConnection
from postroom.providers.imap_smtp.smtp_login import LogInRefusedError

UNREACHABLE_SECONDS = 60.0
REFUSED_SECONDS = 300.0  # Each further log-in with a wrong password can lock the account.


class UnopenedError(Exception):
    """There is no connection, and this is why; apart from what a claim may raise."""


class BusyError(Exception):
    """All connections are in use, which says nothing against the server; apart from what a claim may raise."""


class Circuit:
    """Opens connections one at a time. After a failure it gives the same words at once until a pause is over.

    Then one caller tries, and the others still get the words; a success ends it. `wait_seconds` is how long a caller
    waits for its turn; `now` gives seconds that only grow.
    """

    def __init__(
        self, open_one: Callable[[], Awaitable[SmtpConnection]], *, wait_seconds: float, now: Callable[[], float]
    ) -> None:
        self._open_one = open_one
        self._wait_seconds = wait_seconds
        self._now = now
        self._turn = asyncio.Lock()
        self._words: str | None = None
        self._closed_until = 0.0

    async def open(self) -> SmtpConnection:
        """Return a new connection.

        Raises:
            UnopenedError: none can be opened, or it is too early to try again.
        """
        if self._turn.locked():
            self._require_hope()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise UnopenedError(f"No connection was opened within {self._wait_seconds:g} s.") from error
        try:
            return await self._try()
        finally:
            self._turn.release()

    async def _try(self) -> SmtpConnection:
        if self._now() < self._closed_until:
            self._require_hope()
        try:
            connection = await self._open_one()
        except PluginError as error:
            pause = REFUSED_SECONDS if isinstance(error, LogInRefusedError) else UNREACHABLE_SECONDS
            self._words, self._closed_until = error.message, self._now() + pause
            raise UnopenedError(error.message) from error
        self._words = None
        return connection

    def _require_hope(self) -> None:
        if self._words is not None:
            raise UnopenedError(self._words)
