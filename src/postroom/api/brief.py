"""Brief: what was found a moment ago, so that many askers cost one look."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from starlette.requests import HTTPConnection

from postroom.errors import PostroomError

Value = TypeVar("Value")
SECONDS = 1.0


class Brief(Generic[Value]):
    """Keeps the result of an async function for a moment; who asks while it runs waits for the same run.

    A `PostroomError` is kept as well: what cannot answer is not asked by everybody in turn.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[Value]],
        *,
        seconds: float = SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._seconds = seconds
        self._monotonic = monotonic
        self._looking = asyncio.Lock()
        self._found: tuple[float, Value] | None = None
        self._failed: tuple[float, PostroomError] | None = None

    async def get(self) -> Value:
        """Return what was found within the last moment, or look again.

        Raises:
            PostroomError: what the look raised.
        """
        async with self._looking:
            now = self._monotonic()
            if self._found is not None and now < self._found[0]:
                return self._found[1]
            if self._failed is not None and now < self._failed[0]:
                raise self._failed[1].with_traceback(None)
            return await self._look_again()

    async def _look_again(self) -> Value:
        self._found = self._failed = None
        try:
            value = await self._look()
        except PostroomError as failure:
            self._failed = (self._monotonic() + self._seconds, failure)
            raise
        self._found = (self._monotonic() + self._seconds, value)
        return value


def brief_of(
    connection: HTTPConnection, name: str, look: Callable[[], Awaitable[Value]], *, seconds: float = SECONDS
) -> Brief[Value]:
    """Return the brief that an application keeps under `name`, made of `look` where it has none yet."""
    kept: object = getattr(connection.app.state, name, None)
    if isinstance(kept, Brief):
        return kept
    made = Brief(look, seconds=seconds)
    setattr(connection.app.state, name, made)
    return made
