"""What long work tells while it runs: how far it is; and how it learns that it is to stop."""

from typing import Protocol

from postroom.errors import ConflictError


class StoppedError(ConflictError):
    """The work is to end now: it was cancelled, or another process has it."""

    code = "stopped"


class Progress(Protocol):
    """Told by long work after each step; the caller shows it, or notes it in the store."""

    async def __call__(self, done: int, total: int) -> None:
        """Note that `done` of `total` steps are behind it (0 of 0: nobody knows yet).

        Call it from the event loop, as often as is handy: whoever is told thins it out. Let what it raises pass.

        Raises:
            StoppedError: the work is to end now; what it has done so far stays.
        """
        ...
