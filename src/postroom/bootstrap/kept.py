"""Things that are open by name and are opened anew when what they were made from has changed."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from postroom.errors import PostroomError

Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Generic[Opened]):
    """How to open one thing, and a key that changes whenever it must be opened anew."""

    key: Hashable
    open: Callable[[], Awaitable[Opened]]


class Kept(Generic[Opened]):
    """Keeps things open as planned; `told` hears of each opening, with the error where it failed.

    What cannot be opened is tried again when its plan changes.
    """

    def __init__(
        self,
        *,
        close: Callable[[str, Opened], Awaitable[None]],
        told: Callable[[str, PostroomError | None], Awaitable[None]],
    ) -> None:
        self.by_name: dict[str, Opened] = {}
        self.failures: dict[str, PostroomError] = {}
        self._keys: dict[str, Hashable] = {}
        self._close = close
        self._told = told

    async def follow(self, plans: Mapping[str, Plan[Opened]]) -> None:
        """Close what is planned no more or otherwise, open what is new."""
        for name in [name for name, key in self._keys.items() if name not in plans or plans[name].key != key]:
            del self._keys[name]
            self.failures.pop(name, None)
            if name in self.by_name:
                await self._close(name, self.by_name.pop(name))
        for name, plan in plans.items():
            if name in self._keys:
                continue
            self._keys[name] = plan.key
            try:
                self.by_name[name] = await plan.open()
            except PostroomError as error:
                self.failures[name] = error
                await self._told(name, error)
            else:
                await self._told(name, None)
