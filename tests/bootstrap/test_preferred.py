from pathlib import Path

import pytest
from pydantic import ValidationError

from empty_store import open_stores_at
from postroom.bootstrap.preferred import Preferred, preferences_of
from postroom.model.preferences import Preferences
from postroom.settings import Settings


async def test_what_people_set_goes_before_the_settings(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, reminder_minutes=45, silent_minutes=5)
    stores = await open_stores_at(tmp_path / "postroom.db")
    preferred = Preferred(stores, preferences_of(settings))
    await preferred.refresh()
    assert (preferred.reminder_minutes, preferred.silent_minutes) == (45, 5)

    await stores.preferences.change(Preferences(reminder_minutes=10))
    await preferred.refresh()

    assert (preferred.reminder_minutes, preferred.silent_minutes) == (10, 5)
    await stores.connection.close()


def test_the_settings_say_what_is_promised_while_nobody_sets_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, target_precision=0.9, strict_categories=True, audit_share=0.2)
    found = preferences_of(settings)
    assert (found.target_precision, found.strict_categories, found.audit_share) == (0.9, True, 0.2)


@pytest.mark.parametrize("wrong", [{"target_precision": 0.4}, {"target_precision": 1}, {"audit_share": 1.1}])
def test_a_promise_that_cannot_be_kept_is_refused(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"data_dir": tmp_path, **wrong})
