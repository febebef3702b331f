"""Preferences: the settings that may change while Postroom runs, and which value counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which values a preference may have, both ends among them, and which it has where nobody says."""

    least: float
    most: float
    default: float


UNDO = Span(least=0, most=600, default=10.0)  # In seconds.
REMINDER = Span(least=1, most=10_080, default=30.0)  # In minutes.
SILENT = Span(least=1, most=10_080, default=15.0)  # In minutes.
SESSION = Span(least=0.25, most=720, default=12.0)  # In hours.
TARGET = Span(least=0.5, most=0.999, default=0.95)  # A share of what is decided alone.
AUDIT = Span(least=0, most=1, default=0.05)  # A share of the automatic replies.
STRICT = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What people set for the whole installation; None leaves it to the settings of the process.

    `undo_seconds` is how long a decision made through the API can be taken back before anything follows from it.
    `reminder_minutes` and `silent_minutes` mean what the settings of these names mean. `target_precision` is the share
    of the automatic replies that must be right, `strict_categories` whether each category must prove that on its own,
    and `audit_share` the share of them that a person looks at afterwards. `revision` counts the changes.
    """

    undo_seconds: float | None = None
    reminder_minutes: float | None = None
    silent_minutes: float | None = None
    session_hours: float | None = None
    target_precision: float | None = None
    strict_categories: bool | None = None
    audit_share: float | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesInForce:
    """Each preference as it counts now."""

    undo_seconds: float
    reminder_minutes: float
    silent_minutes: float
    session_hours: float
    target_precision: float = TARGET.default
    strict_categories: bool = STRICT
    audit_share: float = AUDIT.default


def in_force(kept: Preferences, settings: Preferences) -> PreferencesInForce:
    """Return what counts: what people set (`kept`), else what the settings say, else the default."""
    strict = settings.strict_categories if kept.strict_categories is None else kept.strict_categories
    return PreferencesInForce(
        undo_seconds=_first(kept.undo_seconds, settings.undo_seconds, UNDO),
        reminder_minutes=_first(kept.reminder_minutes, settings.reminder_minutes, REMINDER),
        silent_minutes=_first(kept.silent_minutes, settings.silent_minutes, SILENT),
        session_hours=_first(kept.session_hours, settings.session_hours, SESSION),
        target_precision=_first(kept.target_precision, settings.target_precision, TARGET),
        strict_categories=STRICT if strict is None else strict,
        audit_share=_first(kept.audit_share, settings.audit_share, AUDIT),
    )


def _first(kept: float | None, setting: float | None, span: Span) -> float:
    if kept is not None:
        return kept
    return span.default if setting is None else setting
