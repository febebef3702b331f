"""What people wish while Postroom runs: the preferences of the store, before those of the settings."""

from postroom.interfaces.stores import Stores
from postroom.model.preferences import Preferences
from postroom.settings import Settings


class Preferred:
    """The preferences in force; `settings` has a value for each."""

    def __init__(self, stores: Stores, settings: Preferences) -> None:
        self._stores = stores
        self.settings = settings
        self._kept = Preferences()

    async def refresh(self) -> None:
        """Read what people set.

        Raises:
            StoreError: the store cannot be read; everything stays as it was.
        """
        self._kept = await self._stores.preferences.get()

    @property
    def reminder_minutes(self) -> float:
        """After how long an urgent review that nobody has claimed is told about again."""
        return _first(self._kept.reminder_minutes, self.settings.reminder_minutes)

    @property
    def silent_minutes(self) -> float:
        """After how long without a successful look at a mailbox an alarm is raised."""
        return _first(self._kept.silent_minutes, self.settings.silent_minutes)


def preferences_of(settings: Settings) -> Preferences:
    """Return the preferences that the settings of the process give."""
    return Preferences(
        undo_seconds=settings.undo_seconds,
        reminder_minutes=settings.reminder_minutes,
        silent_minutes=settings.silent_minutes,
        session_hours=settings.session_hours,
    )


def _first(kept: float | None, fallback: float | None) -> float:
    found = fallback if kept is None else kept
    return 0.0 if found is None else found
