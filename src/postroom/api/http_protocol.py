"""The HTTP protocol of the server: uvicorn's own, which lets go of clients that send nothing or take nothing.

Mail and API share the process and its file descriptors, so a socket that somebody holds open must not last for ever.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEADER_BYTES = 64 * 1024
MAX_CONNECTIONS = 500
"""How many connections there may be at once, of all clients together; streams do not count."""


class HttpProtocol(HttpToolsProtocol):
    """Cuts off what sends no complete headers in time, or too many, and what takes nothing of its answer for a while.

    Where there are more than `max_connections`, the one that has been idle longest makes room; where none is idle, the
    new one is closed.
    """

    header_seconds = 10.0
    stalled_seconds = 30.0
    max_connections = MAX_CONNECTIONS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # As uvicorn has it.
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        self._header_bytes = 0
        self._headers_due: asyncio.TimerHandle | None = None
        self._looked_at: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._made_at = self.loop.time()
        self._expect_headers()
        # Streams are in the same set, and are bounded elsewhere.
        others = [one for one in self.connections if isinstance(one, HttpProtocol) and one is not self]
        if len(others) >= self.max_connections:
            idle = [one for one in others if one.timeout_keep_alive_task is not None]
            min(idle, key=lambda one: one._made_at, default=self).transport.abort()  # noqa: SLF001 - of its own kind.

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        for timer in (self._headers_due, self._looked_at):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count headers as they arrive; what belongs to a body is not counted here."""
        if self._between_requests() and self._headers_due is None:
            self._expect_headers()
        if self._headers_due is not None:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._headers_due is not None and self._header_bytes > MAX_HEADER_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """Stop the clock of the headers."""
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None
        self._header_bytes = 0
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Watch over what the client has not taken yet, whether the connection stays or ends."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Wait for the client to take what was written, as long as it takes anything."""
        super().pause_writing()
        self._watch()

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_headers(self) -> None:
        self._headers_due = self.loop.call_later(self.header_seconds, self.transport.abort)

    def _watch(self) -> None:
        if self._looked_at is None:
            self._unsent = self.transport.get_write_buffer_size()
            self._looked_at = self.loop.call_later(self.stalled_seconds, self._look)

    def _look(self) -> None:
        self._looked_at = None
        unsent = self.transport.get_write_buffer_size()
        if unsent >= self._unsent > 0:
            self.transport.abort()
        elif unsent > 0:
            self._watch()
