"""What endpoints may use."""

from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from api.conftest import Rooms
from postroom.api.caller import Caller
from postroom.api.office import ModelsHere, office_of
from postroom.errors import ConfigurationError
from postroom.model.credential import CredentialId, CredentialKind
from postroom.model.preferences import Preferences
from postroom.model.user import Role, UserId

ANN = Caller(
    user_id=UserId("us_ann"),
    name="ann",
    role=Role.AGENT,
    permissions=frozenset(),
    credential_id=CredentialId("cr_1"),
    credential_kind=CredentialKind.TOKEN,
)


@pytest.mark.parametrize(
    ("url", "secure"),
    [("https://post.example", True), ("http://127.0.0.1:8025", False), ("http://https.example", False)],
)
async def test_cookies_are_kept_from_plain_http_where_browsers_come_by_https(
    rooms: Rooms, url: str, *, secure: bool
) -> None:
    assert replace(rooms.office, public_url=url).secure is secure


async def test_what_people_set_goes_before_the_settings_from_the_next_request_on(rooms: Rooms) -> None:
    assert (await rooms.office.preferences_in_force()).undo_seconds == 10.0
    assert await rooms.stores.preferences.change(Preferences(undo_seconds=3.0))
    found = await rooms.office.preferences_in_force()
    assert (found.undo_seconds, found.session_hours) == (3.0, 12.0)


async def test_who_acts_is_who_calls(rooms: Rooms) -> None:
    desk = rooms.office.desk(ANN)
    assert (desk.by, desk.stores) == ("ann", rooms.stores)


async def test_without_a_workshop_no_model_is_put_in_use_and_the_hint_says_where_it_can_be(rooms: Rooms) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await ModelsHere().workshop(rooms.office.desk(ANN))
    assert "'ann'" in caught.value.message
    assert caught.value.hint


async def test_the_office_is_that_of_the_application_which_serves_the_request(rooms: Rooms) -> None:
    app = rooms.app()
    assert office_of(HTTPConnection({"type": "http", "app": app})) is rooms.office
    with pytest.raises(AttributeError):
        office_of(HTTPConnection({"type": "http", "app": FastAPI()}))
