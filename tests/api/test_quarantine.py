import httpx
import pytest

from api.conftest import NOW, Rooms
from contracts.store_nouns import SHOP
from postroom.api import quarantine
from postroom.model.email import RawEmail
from postroom.model.ledger import Quarantined
from postroom.model.user import Role

LIST = "/api/v1/quarantine"
BYTES = b"<script>alert(1)</script>\x00\xff"


@pytest.fixture
async def reader(rooms: Rooms) -> httpx.AsyncClient:
    """One who may only look, where three messages could not be read."""
    for number in range(1, 4):
        raw = RawEmail(mailbox_id=SHOP, uid_validity="1", uid=str(number), received_at=NOW, content=BYTES)
        entry = Quarantined(
            id=f"shop/1/{number}",
            mailbox_id=SHOP,
            uid_validity="1",
            uid=str(number),
            reason="Its parts never end.",
            size_bytes=len(BYTES),
            at=NOW,
        )
        await rooms.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    return await rooms.client(rooms.app(quarantine.ROUTER), Role.VIEWER)


async def test_what_could_not_be_accepted_is_listed_and_read(reader: httpx.AsyncClient) -> None:
    first = (await reader.get(LIST, params={"limit": 2})).json()
    rest = (await reader.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["id"] for row in [*first["rows"], *rest["rows"]]] == ["shop/1/1", "shop/1/2", "shop/1/3"]
    assert (await reader.get(f"{LIST}/shop/1/2")).json() == first["rows"][1]


async def test_the_bytes_are_given_as_bytes(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(f"{LIST}/shop/1/2/raw")
    assert answer.content == BYTES
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="shop-1-2.eml"')
    assert (await reader.head(f"{LIST}/shop/1/2/raw")).headers["content-length"] == str(len(BYTES))


@pytest.mark.parametrize("odd", ["nothing", "", "shop/1", "%00", "a" * 2_000])
async def test_what_is_not_there_is_not_found(reader: httpx.AsyncClient, odd: str) -> None:
    assert (await reader.get(f"{LIST}/{odd}")).status_code == 404
    assert (await reader.get(f"{LIST}/{odd}/raw")).status_code == 404


async def test_a_page_that_is_none_is_refused(reader: httpx.AsyncClient) -> None:
    assert (await reader.get(LIST, params={"after": "none"})).status_code == 422
