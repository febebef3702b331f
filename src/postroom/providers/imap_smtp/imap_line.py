"""One IMAP connection and the thread that speaks on it, for use from asyncio."""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from imapclient.exceptions import IMAPClientError

from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import SystemClock
from postroom.providers import Renewed, Warn
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_failure import LATER, failure, lost
from postroom.providers.imap_smtp.imap_login import log_in
from postroom.providers.imap_smtp.oauth import TokenNews, TokenSource
from postroom.providers.imap_smtp.tls import client_context

# What servers and networks do; `ValueError` is an answer that IMAPClient cannot read. Anything else is a bug of ours.
EXPECTED = (PluginError, OSError, EOFError, IMAPClientError, ValueError)

Result = TypeVar("Result")
Connect = Callable[[], ImapConnection]


class Access:
    """The way into one mailbox: makes connections, and passes on what its token source has to tell."""

    def __init__(self, config: ImapConfig, *, warn: Warn, renewed: Renewed) -> None:
        """Read the settings; nothing is reached yet.

        Raises:
            ConfigurationError: the `ca_file` or the key of a service account cannot be used.
        """
        self.config = config
        self._warn = warn
        self._renewed = renewed
        self._said = TokenNews()
        self._context: ssl.SSLContext | None = None
        if config.security != "none":
            self._context = client_context(config.ca_file)
        self._tokens: TokenSource | None = None
        if config.oauth is not None:
            self._tokens = TokenSource(config.oauth, told=self._said, clock=SystemClock())

    def connect(self) -> ImapConnection:
        """Return a connection that is logged in; blocking."""
        return ImapConnection(log_in(self.config, self._context, self._tokens))

    async def tell(self) -> None:
        """Pass on what was said in threads: warnings, and secrets that have changed."""
        await self._said.pass_on(warn=self._warn, renewed=self._renewed)


class _Call:
    """The connection of a thread, and whether anybody still waits for what the thread does."""

    def __init__(self) -> None:
        self.connection: ImapConnection | None = None
        self.given_up = False

    def open(self, connect: Connect) -> ImapConnection:
        """Return the connection, made anew where there is none."""
        if self.connection is None:
            self.connection = connect()
        if self.given_up:
            # Given up while connecting: `give_up` may have come too early to find a connection.
            self.connection.hang_up()
        return self.connection

    def drop(self) -> None:
        """Let go of the connection; in its thread."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.drop()

    def log_out(self) -> None:
        """End the connection politely; in its thread."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.log_out()

    def give_up(self) -> None:
        """Make whatever the thread waits for fail at once; from any thread."""
        self.given_up = True
        connection = self.connection
        if connection is not None:
            connection.hang_up()

    def work(self, connect: Connect, work: Callable[[ImapConnection], Result]) -> Result:
        """Do `work` in the thread; once more on a new connection where an old one turns out to be broken."""
        if self.connection is not None:
            try:
                return work(self.connection)
            except Exception as error:
                self.drop()
                if self.given_up or isinstance(error, TimeoutError) or not lost(error):
                    raise
        try:
            return work(self.open(connect))
        except BaseException:
            self.drop()
            raise


class Line:
    """Runs work on a connection of its own, one after the other, and makes the connection when it is needed.

    After any error the connection is dropped. Cancelling the caller ends the connection, and with it the work.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._turn = asyncio.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._call = _Call()

    async def run(self, work: Callable[[ImapConnection], Result]) -> Result:
        """Return what `work` gives. It may be done twice, where the connection breaks.

        Raises:
            TransientError, PluginError: what `failure` makes of its error.
        """
        async with self._turn:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
            executor, call = self._executor, self._call
            loop = asyncio.get_running_loop()
            try:
                result = await loop.run_in_executor(executor, call.work, self._access.connect, work)
            except asyncio.CancelledError:
                self._abandon(executor, call)
                raise
            except EXPECTED as error:
                if call.given_up:
                    self._abandon(executor, call)
                    raise TransientError("The connection was closed.", hint=LATER) from error
                raise failure(error, self._access.config) from error
            finally:
                await self._access.tell()
            return result

    async def close(self) -> None:
        """Interrupt what runs, and let go of the connection."""
        self._interrupt()
        async with self._turn:
            executor, call = self._executor, self._call
            if executor is not None:
                await asyncio.get_running_loop().run_in_executor(executor, call.log_out)
                self._abandon(executor, call)

    def _interrupt(self) -> None:
        if self._turn.locked():
            self._call.give_up()

    def _abandon(self, executor: ThreadPoolExecutor, call: _Call) -> None:
        """Leave a thread to itself: it lets go of its connection as soon as it can, and ends."""
        call.give_up()
        executor.submit(call.drop)
        executor.shutdown(wait=False)
        if self._executor is executor:
            self._executor, self._call = None, _Call()
