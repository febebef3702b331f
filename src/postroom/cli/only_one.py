"""Sees to it that one process at a time runs the engine on a store, and on a journal."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from postroom.engine.journal import Journal
from postroom.errors import ConflictError
from postroom.settings import Settings

LOCK_SUFFIX = ".lock"


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the store's and the journal's file; the system lets go of them however the process ends.

    The locks lie beside the files, wherever these are: another data folder may name the same ones.

    Raises:
        ConflictError: another process holds one of them.
    """
    with ExitStack() as held:
        for path in lock_files(settings):
            path.parent.mkdir(parents=True, exist_ok=True)
            _hold(held.enter_context(path.open("w")), path)
        yield


def lock_files(settings: Settings) -> tuple[Path, ...]:
    """Return the files that are locked, sorted; none for a database that is no SQLite file."""
    urls = (settings.store_url, settings.journal_url)
    # Resolved, so that a link to a database has the lock of the database.
    found = {file.resolve() for url in urls if (file := Journal(url=url).file) is not None}
    return tuple(sorted(file.with_name(file.name + LOCK_SUFFIX) for file in found))


def _hold(file: TextIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ConflictError(
            f"Another process runs Postroom on {str(path.with_suffix(''))!r}.",
            hint="End it, or use another folder (--data-dir) with a store and a journal of its own.",
        ) from error
