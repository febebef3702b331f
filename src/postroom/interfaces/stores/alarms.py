"""Alarms: what is wrong now, and whether people were told."""

from datetime import datetime
from typing import Protocol

from postroom.model.alarm import Alarm
from postroom.model.page import Page


class Alarms(Protocol):
    """Keeps alarms; at most one per key is open."""

    async def sound(self, alarm: Alarm) -> bool:
        """Store an alarm; False where one of its key is open (nothing changes then)."""
        ...

    async def clear(self, key: str, *, at: datetime) -> bool:
        """Close the open alarm of `key`; False where none is open."""
        ...

    async def open(self, *, after: str | None = None, limit: int = 50) -> Page[Alarm]:
        """Return the open alarms, oldest first."""
        ...

    async def untold(self, *, limit: int = 100) -> tuple[Alarm, ...]:
        """Return the open alarms that nobody was told of, oldest first."""
        ...

    async def told(self, key: str, *, at: datetime) -> None:
        """Note that people were told of the open alarm of `key`."""
        ...
