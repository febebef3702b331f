"""What clients on real sockets are told when the server stops; and what HEAD gets."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from api.conftest import Rooms
from postroom.api import suppressions, welcome
from postroom.api.http_protocol import HttpProtocol
from postroom.model.user import Role


class _Server(uvicorn.Server):
    """Leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(rooms: Rooms) -> AsyncIterator[tuple[str, int]]:
    """Give the address of a server, which stops with the least patience."""
    app = rooms.app(suppressions.ROUTER, welcome.ROUTER)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, http=HttpProtocol, lifespan="off", log_config=None, timeout_graceful_shutdown=0)
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        host, port = listening.getsockname()
        try:
            yield host, port
        finally:
            server.should_exit = True
            await serving


async def ended(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return the head and the body of an answer, after which the server ended the connection."""
    async with asyncio.timeout(20):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return head.lower(), body


async def test_an_upload_that_the_server_does_not_wait_for_is_told_to_come_back(rooms: Rooms) -> None:
    token = await rooms.token(Role.ADMIN)
    async with served(rooms) as address:
        reader, writer = await asyncio.open_connection(*address)
        head = f"POST /api/v1/suppressions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        # The server says so once somebody waits for the body.
        writer.write(
            f"{head}Content-Type: application/json\r\nContent-Length: 90\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        async with asyncio.timeout(20):
            assert b"100" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"{")
        await writer.drain()
    status, body = await ended(reader)
    writer.close()
    assert status.startswith(b"http/1.1 503")
    assert b"retry-after: 10" in status
    assert b"application/problem+json" in status
    assert json.loads(body)["status"] == 503
    assert (await rooms.stores.suppressions.list()).rows == ()


async def test_head_of_the_page_says_what_get_would_give(rooms: Rooms) -> None:
    async with served(rooms) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"HEAD /welcome HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        head, body = await ended(reader)
        writer.close()
    assert head.startswith(b"http/1.1 200")
    assert b"text/html" in head
    assert body == b""
