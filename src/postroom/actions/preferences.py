"""Preferences in force: what people set, before what the settings of the process say."""

from dataclasses import dataclass, replace
from enum import StrEnum

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.preferences import Preferences, in_force


class PreferenceOrigin(StrEnum):
    """Where a value comes from."""

    PEOPLE = "people"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """The value in force, where it comes from, and the one of the settings, which counts while nobody set another."""

    value: float
    origin: PreferenceOrigin
    setting: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YesOrNo:
    """The same for a preference that is yes or no."""

    value: bool
    origin: PreferenceOrigin
    setting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPreferences:
    """Each preference as it counts now; `revision` is that of what people set."""

    undo_seconds: Preference
    reminder_minutes: Preference
    silent_minutes: Preference
    session_hours: Preference
    target_precision: Preference
    strict_categories: YesOrNo
    audit_share: Preference
    revision: int


def shown_preferences(kept: Preferences, settings: Preferences) -> ShownPreferences:
    """Return what counts and where it comes from, where `kept` is what people set."""
    now, below = in_force(kept, settings), in_force(Preferences(), settings)
    return ShownPreferences(
        undo_seconds=_shown(kept.undo_seconds, now.undo_seconds, below.undo_seconds),
        reminder_minutes=_shown(kept.reminder_minutes, now.reminder_minutes, below.reminder_minutes),
        silent_minutes=_shown(kept.silent_minutes, now.silent_minutes, below.silent_minutes),
        session_hours=_shown(kept.session_hours, now.session_hours, below.session_hours),
        target_precision=_shown(kept.target_precision, now.target_precision, below.target_precision),
        strict_categories=YesOrNo(
            value=now.strict_categories,
            origin=_origin(kept.strict_categories),
            setting=below.strict_categories,
        ),
        audit_share=_shown(kept.audit_share, now.audit_share, below.audit_share),
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


def _shown(kept: float | None, value: float, setting: float) -> Preference:
    return Preference(value=value, origin=_origin(kept), setting=setting)


def _origin(kept: float | None) -> PreferenceOrigin:
    return PreferenceOrigin.SETTINGS if kept is None else PreferenceOrigin.PEOPLE
