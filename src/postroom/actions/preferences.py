"""Preferences in force: what people set, before what the settings of the process say."""

from dataclasses import dataclass, replace
from enum import StrEnum

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.preferences import UNDO_SECONDS, Preferences

REMINDER_MINUTES = 30.0
SILENT_MINUTES = 15.0
SESSION_HOURS = 12.0


class Origin(StrEnum):
    """Where a value comes from."""

    PEOPLE = "people"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """The value in force, where it comes from, and the one of the settings, which counts while nobody set another."""

    value: float
    origin: Origin
    setting: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesInForce:
    """Each preference as it counts now; `revision` is that of what people set."""

    undo_seconds: Preference
    reminder_minutes: Preference
    silent_minutes: Preference
    session_hours: Preference
    revision: int


def in_force(kept: Preferences, settings: Preferences) -> PreferencesInForce:
    """Return what counts, where `kept` is what people set."""
    return PreferencesInForce(
        undo_seconds=_of(kept.undo_seconds, settings.undo_seconds, UNDO_SECONDS),
        reminder_minutes=_of(kept.reminder_minutes, settings.reminder_minutes, REMINDER_MINUTES),
        silent_minutes=_of(kept.silent_minutes, settings.silent_minutes, SILENT_MINUTES),
        session_hours=_of(kept.session_hours, settings.session_hours, SESSION_HOURS),
        revision=kept.revision,
    )


async def change_preferences(stores: Stores, wanted: Preferences) -> Preferences:
    """Store what people set, where it has the revision it was read with, and return it with its new one.

    Raises:
        ConflictError: somebody else changed it meanwhile.
    """
    if not await stores.preferences.change(wanted):
        raise ConflictError("Somebody else changed the preferences meanwhile.", hint="Look at them, then change again.")
    return replace(wanted, revision=wanted.revision + 1)


def _of(kept: float | None, setting: float | None, fallback: float) -> Preference:
    below = fallback if setting is None else setting
    if kept is None:
        return Preference(value=below, origin=Origin.SETTINGS, setting=below)
    return Preference(value=kept, origin=Origin.PEOPLE, setting=below)
