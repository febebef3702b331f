"""The live stream of a real server on a port of its own, with a second connection to its store that writes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.conftest import Rooms
from api.live.writing import SECONDS, WORKFLOW, execution
from postroom.api.live.feed import Feed, FeedPace
from postroom.api.live.protocol import StreamProtocol
from postroom.api.live.stream import ROUTER
from postroom.api.office import Office
from postroom.interfaces.stores import Stores
from postroom.model.user import Role
from postroom.model.workflow import JsonValue
from postroom.stores.sql.open import open_stores
from postroom.workflows.load import template

Message = dict[str, JsonValue]
BUFFER_BYTES = 32 * 1024


class HastyProtocol(StreamProtocol):
    """Lets go at once."""

    linger_seconds = 0.05


class QuietServer(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@dataclass(slots=True, kw_only=True)
class Live:
    """A served stream: where it is, what writes into its store, and clients for it."""

    rooms: Rooms
    feed: Feed
    server: QuietServer
    serving: asyncio.Task[None]
    port: int
    writer: Stores
    url: str
    token: str

    def address(self, query: str = "", workflow: str = WORKFLOW) -> str:
        """Return the URL of a stream."""
        return f"ws://127.0.0.1:{self.port}/api/v1/visual/workflows/{workflow}/stream{query}"

    @asynccontextmanager
    async def client(self, query: str = "", *, workflow: str = WORKFLOW) -> AsyncIterator[ClientConnection]:
        """Give a connection of a viewer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with connect(self.address(query, workflow), additional_headers=headers, proxy=None) as connection:
            yield connection

    @asynccontextmanager
    async def stranger(self, query: str = "", *, subprotocols: tuple[str, ...] = ()) -> AsyncIterator[ClientConnection]:
        """Give a connection without a token."""
        offered = [Subprotocol(each) for each in subprotocols] or None
        async with connect(self.address(query), proxy=None, subprotocols=offered) as connection:
            yield connection

    @asynccontextmanager
    async def idler(self, query: str = "") -> AsyncIterator[ClientConnection]:
        """Give a connection that takes one small message from its socket and then nothing until it is asked."""
        headers = {"Authorization": f"Bearer {self.token}"}
        plug = socket.socket()
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", self.port))
        async with connect(
            self.address(query), sock=plug, additional_headers=headers, proxy=None, max_queue=1, ping_interval=None
        ) as connection:
            yield connection
            # It takes no farewell either.
            connection.transport.abort()

    async def stop(self) -> None:
        """Shut the server down in good order."""
        self.server.should_exit = True
        await self.serving


@asynccontextmanager
async def serving(rooms: Rooms, tmp_path: Path, pace: FeedPace) -> AsyncIterator[Live]:
    """Serve the stream at that pace."""
    url = f"sqlite:///{tmp_path}/postroom.db"
    await rooms.stores.workflows.save(template(WORKFLOW), at=rooms.clock.now())
    feed = Feed(rooms.stores.executions, pace=pace)
    office: Office = replace(rooms.office, feed=feed)
    rooms.office = office
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
    config = uvicorn.Config(
        rooms.app(ROUTER),
        ws=HastyProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )
    async with AsyncExitStack() as stack:
        writer = await open_stores(url)
        stack.push_async_callback(writer.connection.close)
        await writer.executions.add(execution())
        server = QuietServer(config)
        running = asyncio.create_task(feed.run())
        served = asyncio.create_task(server.serve(sockets=[listening]))
        live = Live(
            rooms=rooms,
            feed=feed,
            server=server,
            serving=served,
            port=listening.getsockname()[1],
            writer=writer,
            url=url,
            token=await rooms.token(Role.VIEWER),
        )
        try:
            yield live
        finally:
            await live.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def live(rooms: Rooms, tmp_path: Path) -> AsyncIterator[Live]:
    """Give a served stream at its usual pace."""
    async with serving(rooms, tmp_path, FeedPace()) as served:
        yield served


@pytest.fixture
async def hasty(rooms: Rooms, tmp_path: Path) -> AsyncIterator[Live]:
    """Give a served stream with quick heart-beats and little patience."""
    async with serving(
        rooms, tmp_path, FeedPace(heartbeat_seconds=0.05, send_seconds=1.0, retry_seconds=0.05)
    ) as served:
        yield served


async def next_message(connection: ClientConnection) -> Message:
    """Return the next message."""
    async with asyncio.timeout(SECONDS):
        message: Message = json.loads(await connection.recv())
    return message


async def next_of(connection: ClientConnection, kind: str) -> Message:
    """Return the next message of that type, passing over others."""
    while True:
        message = await next_message(connection)
        if message["type"] == kind:
            return message


async def cursors_until(connection: ClientConnection, last: int) -> list[JsonValue]:
    """Return the cursors of all events up to that one, in the order they came; nothing but events may come."""
    found: list[JsonValue] = []
    while not found or found[-1] != last:
        message = await next_message(connection)
        assert message["type"] == "events", message
        found.extend(cursors_of(message))
    return found


def cursors_of(message: Message) -> list[JsonValue]:
    """Return the cursors of the events of a message."""
    events = message["events"]
    assert isinstance(events, list)
    return [each["cursor"] for each in events if isinstance(each, dict)]
