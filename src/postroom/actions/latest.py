"""The latest values of something that is costly to compute and asked for again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

MOST = 16

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """Keeps the last sixteen values by what they were computed from; one is computed at a time, whoever asks."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Value] = {}
        self._computing = asyncio.Lock()

    async def of(self, ground: Hashable, compute: Callable[[], Awaitable[Value]]) -> Value:
        """Return the value of `ground`, computed where it is not known; what `compute` raises passes."""
        async with self._computing:
            if ground not in self._values:
                self._values[ground] = await compute()
                for oldest in list(self._values)[:-MOST]:
                    del self._values[oldest]
            return self._values[ground]
