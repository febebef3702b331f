"""A SQLite store for each test, copied from one that was migrated once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from empty_store import open_stores_at, put_empty_store
from postroom.interfaces.stores import Stores
from postroom.stores.sql.sqlite import make_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of an empty store of this test's own."""
    put_empty_store(tmp_path / "postroom.db")
    return tmp_path / "postroom.db"


@pytest.fixture
def bare(path: Path) -> Iterator[Connection]:
    """A connection to the same file, without a store around it."""
    with make_engine(path).connect() as opened:
        yield opened


@pytest.fixture
async def stores(path: Path) -> AsyncIterator[Stores]:
    """An open, empty store."""
    opened = await open_stores_at(path)
    yield opened
    await opened.connection.close()


@pytest.fixture
async def second(path: Path) -> AsyncIterator[Stores]:
    """The same store opened once more, with connections of its own."""
    opened = await open_stores_at(path)
    yield opened
    await opened.connection.close()
