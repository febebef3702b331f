"""What every implementation of `PreferencesStore` does."""

import asyncio
from dataclasses import replace

from postroom.interfaces.stores import Stores
from postroom.model.preferences import Preferences

FIRST = Preferences(undo_seconds=0.0, reminder_minutes=12.5)


class PreferencesContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_where_none_were_set_everything_is_open(self, stores: Stores) -> None:
        assert await stores.preferences.get() == Preferences()

    async def test_what_was_set_comes_back_and_counts_the_revision(self, stores: Stores, second: Stores) -> None:
        assert await stores.preferences.change(FIRST)
        assert await second.preferences.get() == replace(FIRST, revision=1)
        later = Preferences(silent_minutes=1e-9, session_hours=1e300, revision=1)
        assert await second.preferences.change(later)
        assert await stores.preferences.get() == replace(later, revision=2)

    async def test_a_change_of_others_than_the_stored_ones_is_refused(self, stores: Stores) -> None:
        assert not await stores.preferences.change(replace(FIRST, revision=1))
        assert await stores.preferences.get() == Preferences()
        assert await stores.preferences.change(FIRST)
        for revision in (0, 2):
            assert not await stores.preferences.change(replace(FIRST, undo_seconds=9.0, revision=revision))
        assert await stores.preferences.get() == replace(FIRST, revision=1)

    async def test_of_many_changes_at_once_one_is_made(self, stores: Stores, second: Stores) -> None:
        for revision in (0, 1):
            changes = [Preferences(undo_seconds=float(number), revision=revision) for number in range(20)]
            made = await asyncio.gather(
                *((stores if n % 2 else second).preferences.change(one) for n, one in enumerate(changes))
            )
            assert sum(made) == 1
            assert await second.preferences.get() == replace(changes[made.index(True)], revision=revision + 1)
