"""Which preference counts, for whoever asks."""

import pytest

from postroom.model.preferences import Preferences, PreferencesInForce, in_force

SETTINGS = Preferences(undo_seconds=5.0, reminder_minutes=20.0, silent_minutes=10.0, session_hours=6.0)


def test_what_people_set_goes_before_the_settings_even_where_it_is_nothing() -> None:
    assert in_force(Preferences(undo_seconds=0.0), SETTINGS).undo_seconds == 0.0
    assert in_force(Preferences(session_hours=0.25), SETTINGS).session_hours == 0.25


def test_what_nobody_set_is_that_of_the_settings() -> None:
    assert in_force(Preferences(), SETTINGS) == PreferencesInForce(
        undo_seconds=5.0, reminder_minutes=20.0, silent_minutes=10.0, session_hours=6.0
    )


def test_what_is_promised_follows_the_same_order() -> None:
    settings = Preferences(target_precision=0.9, strict_categories=True, audit_share=0.5)
    kept = Preferences(target_precision=0.99, strict_categories=False, audit_share=0.0)
    for found, expected in (
        (in_force(kept, settings), (0.99, False, 0.0)),
        (in_force(Preferences(), settings), (0.9, True, 0.5)),
        (in_force(Preferences(), Preferences()), (0.95, False, 0.05)),
    ):
        assert (found.target_precision, found.strict_categories, found.audit_share) == expected


@pytest.mark.parametrize("name", ["undo_seconds", "reminder_minutes", "silent_minutes", "session_hours"])
def test_without_any_of_both_there_is_a_default_that_is_never_nothing(name: str) -> None:
    assert getattr(in_force(Preferences(), Preferences()), name) > 0
