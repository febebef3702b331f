"""Preferences: settings that may change while Postroom runs."""

from typing import Protocol

from postroom.model.preferences import Preferences


class PreferencesStore(Protocol):
    """Keeps one set of preferences."""

    async def get(self) -> Preferences:
        """Return them; where none were ever set, all None with revision 0."""
        ...

    async def change(self, preferences: Preferences) -> bool:
        """Compare-and-set: store them with revision + 1 where the stored ones have their revision; else False."""
        ...
