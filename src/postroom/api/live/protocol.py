"""The WebSocket protocol of the server: uvicorn's own, which lets go of a client that takes nothing."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class StreamProtocol(WebSocketsSansIOProtocol):
    """Cuts a connection off some seconds after its stream has ended.

    Closing a transport waits until all that was written is taken, for ever where the client takes nothing: the socket
    and its buffer would stay until the client's machine goes down, and a shutdown would wait for it.
    """

    linger_seconds = 5.0

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Note that the application is done with the connection."""
        super().on_task_complete(task)
        self.loop.call_later(self.linger_seconds, self.transport.abort)
