"""The server's HTTP protocol on real sockets, with short patience."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import Receive, Scope, Send

from postroom.api.http_protocol import MAX_HEADER_BYTES, HttpProtocol

LARGE = b"x" * (8 * 1024 * 1024)
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Hasty(HttpProtocol):
    """Waits less."""

    header_seconds = 0.2
    stalled_seconds = 0.2
    max_connections = 3


class _Server(uvicorn.Server):
    """Leaves signals alone and says when it serves."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with eight megabytes."""
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(LARGE))]})
    await send({"type": "http.response.body", "body": LARGE})


@asynccontextmanager
async def served() -> AsyncIterator[tuple[tuple[str, int], uvicorn.Server]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(large, http=Hasty, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        host, port = listening.getsockname()
        try:
            yield (host, port), server
        finally:
            server.should_exit = True
            await serving


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Return what came until the server ended the connection."""
    async with asyncio.timeout(20):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def test_who_sends_no_complete_headers_is_cut_off() -> None:
    async with served() as (address, _):
        for begun in (b"", b"G", b"GET / HTTP/1.1\r\nHost: here\r\n"):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(begun)
            assert await ended(reader) == b""
            writer.close()


async def test_who_begins_a_second_request_and_stops_is_cut_off() -> None:
    async with served() as (address, _):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"200 OK" in head
        assert len(await reader.readexactly(len(LARGE))) == len(LARGE)
        writer.write(b"G")
        assert await ended(reader) == b""
        writer.close()


async def test_headers_without_end_are_cut_off() -> None:
    async with served() as (address, _):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"y" * (MAX_HEADER_BYTES + 1))
        assert await ended(reader) == b""
        writer.close()


async def test_who_takes_nothing_of_the_answer_is_cut_off() -> None:
    async with served() as (address, server):
        with socket.create_connection(address) as stalled:
            stalled.sendall(REQUEST)
            await all_gone(server)
            assert await asyncio.to_thread(taken_from, stalled) < len(LARGE)


async def test_a_connection_too_many_is_closed_and_room_is_made_when_one_ends() -> None:
    async with served() as (address, _):
        patient = [await asyncio.open_connection(*address) for _ in range(Hasty.max_connections)]
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST)
        assert await ended(reader) == b""
        writer.close()
        for waiting, held in patient:
            assert await ended(waiting) == b""
            held.close()
        reader, another = await asyncio.open_connection(*address)
        another.write(REQUEST)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        another.close()


async def test_where_there_is_no_room_the_longest_idle_connection_makes_some() -> None:
    async with served() as (address, _):
        held = []
        for _ in range(Hasty.max_connections):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(REQUEST)
            await reader.readuntil(b"\r\n\r\n")
            assert len(await reader.readexactly(len(LARGE))) == len(LARGE)
            held.append((reader, writer))
        newcomer, asking = await asyncio.open_connection(*address)
        asking.write(REQUEST)
        assert b"200 OK" in await newcomer.readuntil(b"\r\n\r\n")
        assert await ended(held[0][0]) == b""
        for writer in (asking, *(one for _, one in held)):
            writer.close()


async def all_gone(server: uvicorn.Server) -> None:
    """Return when somebody was connected and nobody is any more."""
    async with asyncio.timeout(20):
        while not server.server_state.total_requests:  # noqa: ASYNC110 - the server tells nobody.
            await asyncio.sleep(0)
        while server.server_state.connections:  # noqa: ASYNC110 - the server tells nobody.
            await asyncio.sleep(0)


def taken_from(stalled: socket.socket) -> int:
    """Return how many bytes can still be read."""
    stalled.settimeout(20)
    taken = 0
    with contextlib.suppress(ConnectionError):
        while part := stalled.recv(65536):
            taken += len(part)
    return taken
