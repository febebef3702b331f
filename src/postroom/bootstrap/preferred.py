"""What people wish while Postroom runs: the preferences of the store, before those of the settings."""

from postroom.interfaces.stores import Stores
from postroom.model.preferences import Preferences, PreferencesInForce, in_force
from postroom.settings import Settings


class Preferred:
    """The preferences in force; `settings` are those of the process."""

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
    def now(self) -> PreferencesInForce:
        """Each preference as it counts now."""
        return in_force(self._kept, self.settings)

    @property
    def reminder_minutes(self) -> float:
        """After how long an urgent review that nobody has claimed is told about again."""
        return self.now.reminder_minutes

    @property
    def silent_minutes(self) -> float:
        """After how long without a successful look at a mailbox an alarm is raised."""
        return self.now.silent_minutes


def preferences_of(settings: Settings) -> Preferences:
    """Return the preferences that the settings of the process give."""
    return Preferences(
        undo_seconds=settings.undo_seconds,
        reminder_minutes=settings.reminder_minutes,
        silent_minutes=settings.silent_minutes,
        session_hours=settings.session_hours,
        target_precision=settings.target_precision,
        strict_categories=settings.strict_categories,
        audit_share=settings.audit_share,
    )
