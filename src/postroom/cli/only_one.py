"""Sees to it that one process at a time runs the engine on a data folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroom.errors import ConflictError

LOCK = "engine.lock"


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go of it however the process ends.

    Raises:
        ConflictError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError(
                f"Another process runs Postroom in {str(folder)!r}.", hint="End it, or use another folder (--data-dir)."
            ) from error
        yield
