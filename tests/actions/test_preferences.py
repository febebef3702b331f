"""Which preference counts."""

import pytest

from postroom.actions.preferences import PreferenceOrigin, change_preferences, shown_preferences
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.preferences import Preferences

SETTINGS = Preferences(undo_seconds=10.0, reminder_minutes=30.0, silent_minutes=15.0, session_hours=12.0)


def test_what_people_set_goes_before_the_settings_even_where_it_is_nothing() -> None:
    found = shown_preferences(Preferences(undo_seconds=0.0, revision=3), SETTINGS)
    assert (found.undo_seconds.value, found.undo_seconds.origin, found.undo_seconds.setting) == (
        0.0,
        PreferenceOrigin.PEOPLE,
        10,
    )
    assert (found.silent_minutes.value, found.silent_minutes.origin) == (15.0, PreferenceOrigin.SETTINGS)
    assert found.revision == 3


async def test_only_one_of_two_changes_of_the_same_revision_is_kept(stores: Stores) -> None:
    kept = await change_preferences(stores, Preferences(undo_seconds=3.0))
    assert kept.revision == 1
    with pytest.raises(ConflictError):
        await change_preferences(stores, Preferences(undo_seconds=4.0))
    assert (await stores.preferences.get()).undo_seconds == 3.0
