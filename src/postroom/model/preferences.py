"""Preferences: the settings that may change while Postroom runs."""

from dataclasses import dataclass

UNDO_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What people set for the whole installation; None leaves it to the settings of the process.

    `undo_seconds` is how long a decision made through the API can be taken back before anything follows from it.
    `reminder_minutes` and `silent_minutes` mean what the settings of these names mean. `revision` counts the changes.
    """

    undo_seconds: float | None = None
    reminder_minutes: float | None = None
    silent_minutes: float | None = None
    session_hours: float | None = None
    revision: int = 0
