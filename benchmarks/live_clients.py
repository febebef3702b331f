"""The clients of the live stream's benchmark, in a process of their own: one, or two hundred of which one stalls."""

import asyncio
import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection, connect

OF_ONE, OF_ALL, STALLED = 190, 9, 1
TOKEN = "live-benchmark"
WORKFLOW = "customer_support"
SLOW_BUFFER_BYTES = 16 * 1024
Key = tuple[str, str, int, str]
"""Execution, node, attempt and kind of an event, which are unique."""


@contextmanager
def followers(clients: str, port: int, execution_id: str) -> Iterator[Connection | None]:
    """Start the clients' process, None for `none`: send "connect", receive "ready"; send how many events, receive all.

    How many is a pair: events of everything, and of the one execution.
    """
    if clients == "none":
        yield None
        return
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_follow, args=(theirs, clients, port, execution_id), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.join(20)


def _follow(parent: Connection, clients: str, port: int, execution_id: str) -> None:
    parent.recv()
    asyncio.run(
        _clients(parent, clients, f"ws://127.0.0.1:{port}/api/v1/visual/workflows/{WORKFLOW}/stream", execution_id)
    )


async def _clients(parent: Connection, clients: str, url: str, execution_id: str) -> None:
    received: dict[Key, float] = {}
    of_one, of_all = (OF_ONE, OF_ALL) if clients == "many" else (0, 1)
    async with AsyncExitStack() as stack:
        followers = [await _open(stack, f"{url}?after=0&execution_id={execution_id}") for _ in range(of_one)]
        whole = [await _open(stack, f"{url}?after=0") for _ in range(of_all)]
        if clients == "many":
            await _open(stack, f"{url}?after=0", stalled=True)
        wanted = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as group:
            reading = [group.create_task(_read(each, wanted, 1, None)) for each in followers]
            reading_all = [
                group.create_task(_read(each, wanted, 0, received if clients == "one" else None)) for each in whole
            ]
            parent.send("ready")
            wanted.set_result(await asyncio.to_thread(parent.recv))
    told = {
        "told_one": float(min((task.result() for task in reading), default=0)),
        "told_all": float(min(task.result() for task in reading_all)),
    }
    parent.send((told, received))


async def _open(stack: AsyncExitStack, url: str, *, stalled: bool = False) -> ClientConnection:
    plug = socket.socket()
    if stalled:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
    plug.setblocking(False)
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connection = await connect(
        url, sock=plug, additional_headers=headers, proxy=None, max_queue=1, ping_interval=None, compression=None
    )
    stack.callback(connection.transport.abort)
    return connection


async def _read(
    connection: ClientConnection, wanted: asyncio.Future[tuple[int, int]], place: int, received: dict[Key, float] | None
) -> int:
    """Count events until there are as many as are wanted; note when each came where that is asked for."""
    count = 0
    while not (wanted.done() and count >= wanted.result()[place]):
        try:
            async with asyncio.timeout(0.5 if not wanted.done() else 30):
                text = await connection.recv()
        except TimeoutError:
            if wanted.done():
                break
            continue
        assert isinstance(text, str)
        count += text.count('"execution_id":')
        if received is not None:
            now = time.monotonic()
            for each in json.loads(text).get("events", []):
                received[each["execution_id"], each["node_id"], each["attempt"], each["kind"]] = now
    return count
