"""The store as commands use it, and the desk of the person who types."""

import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from postroom.actions.desk import Desk
from postroom.actions.status import living
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.cli.output import say
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores import Stores
from postroom.settings import Settings

Answer = TypeVar("Answer")


@asynccontextmanager
async def opened(data_dir: Path | None) -> AsyncIterator[tuple[Settings, Stores]]:
    """Give the settings and the open store.

    Raises:
        ConfigurationError: a setting is wrong. StoreError: the store cannot be used.
    """
    settings = settings_of(data_dir)
    async with open_store(settings) as stores:
        yield settings, stores


async def read(data_dir: Path | None, ask: Callable[[Stores], Awaitable[Answer]]) -> Answer:
    """Return what the store answers.

    Raises:
        ConfigurationError: a setting is wrong. StoreError: the store cannot be used.
    """
    async with opened(data_dir) as (_, stores):
        return await ask(stores)


@asynccontextmanager
async def desk_of(data_dir: Path | None, by: str | None = None) -> AsyncIterator[Desk]:
    """Give the desk of `by` (None: the user of this system)."""
    async with opened(data_dir) as (_, stores):
        yield Desk(stores=stores, clock=SystemClock(), by=by or _user())


async def say_when(desk: Desk) -> None:
    """Say that a wish waits, where no process lives that could carry it out."""
    if not await living(desk.stores, desk.clock):
        say("No Postroom runs now: it takes effect when `postroom serve` runs.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"  # A container may run under a number without a name.
