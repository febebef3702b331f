from datetime import timedelta

import pytest

from contracts.kept_nouns import credential, user
from contracts.store_nouns import at
from postroom.actions.sessions import MOST, idle_limit, leave_session, lives, open_session
from postroom.interfaces.stores import Stores
from postroom.model.credential import CredentialKind
from postroom.model.preferences import SESSION, Preferences
from postroom.model.user import UserId

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("stored", "settings", "hours"), [(None, None, SESSION.default), (None, 3.0, 3.0), (2.0, 3.0, 2.0)]
)
async def test_what_people_set_goes_before_the_settings(
    stores: Stores, stored: float | None, settings: float | None, hours: float
) -> None:
    if stored is not None:
        assert await stores.preferences.change(Preferences(session_hours=stored))
    assert await idle_limit(stores, Preferences(session_hours=settings)) == timedelta(hours=hours)


def test_a_session_that_was_never_used_counts_from_its_beginning() -> None:
    assert lives(credential("a"), at(59), HOUR)
    assert not lives(credential("a"), at(60), HOUR)
    assert not lives(credential("a", expires=at(10)), at(10), HOUR)


async def test_the_oldest_session_ends_where_one_too_many_begins(stores: Stores) -> None:
    entrances = [await open_session(stores, user("ann"), browser=f"b{number}", at=at(0)) for number in range(MOST + 1)]
    rows = (await stores.credentials.list(CredentialKind.SESSION, UserId("us_ann"), limit=2 * MOST)).rows
    assert [one.name for one in rows] == [f"b{number}" for number in range(MOST, 0, -1)]
    assert entrances[0].secret not in repr(entrances[0])


async def test_without_a_secret_nobody_leaves(stores: Stores) -> None:
    entrance = await open_session(stores, user("ann"), browser="", at=at(0))
    await leave_session(stores, "")
    assert len((await stores.credentials.list(CredentialKind.SESSION)).rows) == 1
    await leave_session(stores, entrance.secret)
    assert (await stores.credentials.list(CredentialKind.SESSION)).rows == ()
