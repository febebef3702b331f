import asyncio
import socket
import threading

import pytest

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_line import Access, Line
from providers.imap_smtp.imap_mailbox import Mailboxes
from servers.dovecot import PASSWORD, free_ports
from servers.proxy import Proxy, running_proxy


def line_to(port: int, user: str = "ann", *, timeout_seconds: float = 20.0) -> Line:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "username": user, "password": PASSWORD}

    async def warn(warning: str | None) -> None:
        raise AssertionError(warning)

    async def renewed(path: str, secret: str) -> None:
        raise AssertionError(path)

    config = ImapConfig.model_validate(values | {"timeout_seconds": timeout_seconds})
    return Line(Access(config, warn=warn, renewed=renewed))


async def test_one_connection_serves_all_work(box: Mailboxes) -> None:
    line = line_to(box.server.imap_port, box.user)
    connections = [await line.run(lambda connection: connection) for _ in range(3)]
    assert len(set(map(id, connections))) == 1
    assert len({await line.run(lambda _: threading.get_ident()) for _ in range(3)}) == 1
    await line.close()


async def test_work_on_a_connection_that_broke_is_done_on_a_new_one(box: Mailboxes) -> None:
    with running_proxy(box.server.imap_port) as proxy:
        line = line_to(proxy.port, box.user)
        await line.run(ImapConnection.noop)
        proxy.reset()
        assert await line.run(lambda connection: connection.open_folder("INBOX").exists) == 0
        await line.close()


async def test_an_error_ends_the_connection(box: Mailboxes) -> None:
    line = line_to(box.server.imap_port, box.user)
    first = await line.run(lambda connection: connection)
    with pytest.raises(PluginError, match="cannot be opened"):
        await line.run(lambda connection: connection.open_folder("Nowhere"))
    assert await line.run(lambda connection: connection) is not first
    await line.close()


async def test_nobody_listening_is_transient_and_names_the_port() -> None:
    (port,) = free_ports(1)
    with pytest.raises(TransientError, match=str(port)) as caught:
        await line_to(port).run(ImapConnection.noop)
    assert "host and port" in caught.value.hint


async def test_a_caller_that_is_cancelled_while_connecting_waits_for_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        line = line_to(mute.getsockname()[1], timeout_seconds=0.5)
        running = asyncio.ensure_future(line.run(ImapConnection.noop))
        accepted, _ = await asyncio.to_thread(mute.accept)
        with accepted:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            # The thread ends by its time-out, closes what it opened, and is not in the way of later work.
            assert await asyncio.to_thread(accepted.recv, 1) == b""


async def test_closing_ends_work_under_way(box: Mailboxes) -> None:
    with running_proxy(box.server.imap_port) as proxy:
        line = line_to(proxy.port, box.user)
        running = asyncio.ensure_future(line.run(_idle))
        await asyncio.to_thread(Proxy.wait_for, proxy, b"IDLE")
        async with asyncio.timeout(10):
            await line.close()
        with pytest.raises(TransientError, match="closed"):
            await running
        await line.run(ImapConnection.noop)
        await line.close()


def _idle(connection: ImapConnection) -> None:
    connection.open_folder("INBOX")
    connection.idle(after=0, seconds=600)
