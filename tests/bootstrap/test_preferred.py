from pathlib import Path

from postroom.bootstrap.preferred import Preferred, preferences_of
from postroom.model.preferences import Preferences
from postroom.settings import Settings
from postroom.stores.sql.open import open_stores


async def test_what_people_set_goes_before_the_settings(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, reminder_minutes=45, silent_minutes=5)
    stores = await open_stores(f"sqlite:///{tmp_path}/postroom.db")
    preferred = Preferred(stores, preferences_of(settings))
    await preferred.refresh()
    assert (preferred.reminder_minutes, preferred.silent_minutes) == (45, 5)

    await stores.preferences.change(Preferences(reminder_minutes=10))
    await preferred.refresh()

    assert (preferred.reminder_minutes, preferred.silent_minutes) == (10, 5)
    await stores.connection.close()
