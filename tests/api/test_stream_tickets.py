import pytest

from api.conftest import Rooms
from api.people import ROUTERS, House
from postroom.actions.credentials import digest_of
from postroom.model.credential import CredentialKind
from postroom.model.user import Role

TICKETS = "/api/v1/stream-tickets"


@pytest.fixture
def house(rooms: Rooms) -> House:
    return House(rooms=rooms, app=rooms.app(*ROUTERS))


async def test_a_ticket_lasts_thirty_seconds_and_only_its_digest_is_kept(house: House) -> None:
    client = await house.rooms.client(house.app, Role.VIEWER)
    answer = await client.post(TICKETS)
    assert answer.status_code == 201
    assert answer.json()["expires_at"] == "2026-11-02T09:00:30Z"
    assert answer.headers["cache-control"] == "no-store"
    secret = answer.json()["ticket"]
    assert secret.startswith("prk_")
    kept = await house.rooms.stores.credentials.find(CredentialKind.TICKET, digest_of(secret))
    assert kept is not None
    assert secret not in repr(kept)


async def test_a_ticket_is_no_token(house: House) -> None:
    client = await house.rooms.client(house.app, Role.VIEWER)
    secret = (await client.post(TICKETS)).json()["ticket"]
    client.headers["Authorization"] = f"Bearer {secret}"
    assert (await client.post(TICKETS)).status_code == 401


async def test_nobody_gets_a_ticket(house: House) -> None:
    assert (await (await house.stranger()).post(TICKETS)).status_code == 401
