import httpx
import pytest

from api.conftest import NOW, Rooms
from api.mail_case import Mail, accept, open_shop
from postroom.api import search
from postroom.model.note import Note, NoteId
from postroom.model.user import Role

FIND = "/api/v1/search"


@pytest.fixture
async def reader(rooms: Rooms) -> httpx.AsyncClient:
    """One who may only look."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(search.ROUTER), Role.VIEWER)


async def test_emails_and_notes_are_found_by_their_words(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    mail = await accept(rooms.stores, 1, Mail(text="Wo ist meine Lampe?"))
    await accept(rooms.stores, 2, Mail(text="Nothing of it"))
    note = Note(id=NoteId("no_1"), conversation_id=mail.conversation_id, by="ann", at=NOW, text="The lampe\n  is lost.")
    await rooms.stores.notes.add(note)
    rows = (await reader.get(FIND, params={"q": "LAMPE"})).json()["rows"]
    assert [(row["kind"], row["id"], row["conversation_id"]) for row in rows] == [
        ("note", "no_1", mail.conversation_id),
        ("email", mail.id, mail.conversation_id),
    ]
    assert (rows[0]["by"], rows[0]["snippet"], rows[0]["from_address"]) == ("ann", "The lampe is lost.", None)
    assert (rows[1]["subject"], rows[1]["from_address"]["address"]) == ("About mail 1", "ann@example.com")
    only = (await reader.get(FIND, params={"q": "lampe", "mailbox_id": "shop"})).json()["rows"]
    assert [row["kind"] for row in only] == ["email"]
    assert (await reader.get(FIND, params={"q": "lampe", "mailbox_id": "sales"})).json()["rows"] == []


async def test_what_is_found_has_pages(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    for number in range(1, 4):
        await accept(rooms.stores, number, Mail(text="lampe"))
    first = (await reader.get(FIND, params={"q": "lampe", "limit": 2})).json()
    rest = (await reader.get(FIND, params={"q": "lampe", "limit": 2, "after": first["next_cursor"]})).json()
    assert [row["subject"][-1] for row in [*first["rows"], *rest["rows"]]] == ["3", "2", "1"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("words", ["", " ", "\x00", '"', "a OR", "NEAR(", "*", "%", "'; --", "a" * 200, "🙂", "\u202e"])
async def test_no_sign_of_a_query_is_an_operator(rooms: Rooms, reader: httpx.AsyncClient, words: str) -> None:
    await accept(rooms.stores, 1, Mail(text="lampe"))
    answer = await reader.get(FIND, params={"q": words})
    assert answer.status_code == 200
    assert answer.json()["rows"] == []


@pytest.mark.parametrize("query", ["", "q=" + "x" * 201, "q=a&limit=0", "q=a&after=nonsense", "q=a&limit=201"])
async def test_a_search_that_is_none_is_refused(reader: httpx.AsyncClient, query: str) -> None:
    assert (await reader.get(f"{FIND}?{query}")).status_code == 422
