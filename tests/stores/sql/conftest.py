"""A SQLite store for each test, copied from one that was migrated once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.interfaces.stores import Stores
from postroom.stores.sql.open import open_stores


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty store at the present schema."""
    path = tmp_path_factory.mktemp("store") / "empty.db"

    async def make() -> None:
        stores = await open_stores(f"sqlite:///{path}")
        await stores.connection.close()

    asyncio.run(make())
    return path


@pytest.fixture
def path(migrated: Path, tmp_path: Path) -> Path:
    """The file of an empty store of this test's own."""
    return Path(shutil.copy(migrated, tmp_path / "postroom.db"))


@pytest.fixture
async def stores(path: Path) -> AsyncIterator[Stores]:
    """An open, empty store."""
    opened = await open_stores(f"sqlite:///{path}")
    yield opened
    await opened.connection.close()


@pytest.fixture
async def second(path: Path) -> AsyncIterator[Stores]:
    """The same store opened once more, with connections of its own."""
    opened = await open_stores(f"sqlite:///{path}")
    yield opened
    await opened.connection.close()
