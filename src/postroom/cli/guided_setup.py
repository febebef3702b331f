"""What acts on accounts need, as commands open it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from postroom.actions.accounts import Setup
from postroom.bootstrap import setup_for
from postroom.cli.opening import settings_of
from postroom.cli.store import desk_of
from postroom.settings import Settings


@asynccontextmanager
async def setup_of(data_dir: Path | None) -> AsyncIterator[tuple[Settings, Setup]]:
    """Give the settings and what acts on accounts, over the open store.

    Raises:
        ConfigurationError: a setting or the secret is wrong. StoreError: the store cannot be used.
    """
    settings = settings_of(data_dir)
    async with desk_of(data_dir) as desk:
        yield settings, setup_for(settings, desk)
