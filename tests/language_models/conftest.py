"""A server on loopback, a store for the budget, and a client between them."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clocks import SetClock
from empty_store import open_stores_at
from language_models.asking import Asking
from postroom.interfaces.stores import Stores
from servers.chat_server import ChatServer, chat_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def server(running: ChatServer) -> ChatServer:
    running.begin_anew()
    return running


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


@pytest.fixture
async def asking(server: ChatServer, stores: Stores) -> AsyncIterator[Asking]:
    opened = Asking(server, stores, SetClock(NOW))
    yield opened
    await opened.close()
