import httpx
import pytest

from api.conftest import Rooms
from api.mail_case import Mail, accept, ask, open_shop, post_letter
from api.statements import statements_of
from postroom.api import conversations
from postroom.model.email import ConversationId, StoredEmail
from postroom.model.user import Role

LIST = "/api/v1/conversations"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(conversations.ROUTER), Role.AGENT)


async def thread(rooms: Rooms, length: int) -> list[StoredEmail]:
    """Return the e-mails of one conversation."""
    found = [await accept(rooms.stores, 1)]
    for number in range(2, length + 1):
        found.append(await accept(rooms.stores, number, Mail(follows=found[0])))
    assert len({one.conversation_id for one in found}) == 1
    return found


def of(stored: StoredEmail, rest: str = "") -> str:
    """Return the address of the conversation of an e-mail, or of something in it."""
    return f"{LIST}/{stored.conversation_id}{rest}"


async def test_conversations_are_listed_with_the_newest_mail_first(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    first, second = await accept(rooms.stores, 1), await accept(rooms.stores, 2)
    await accept(rooms.stores, 3, Mail(follows=first))
    page = (await ann.get(LIST, params={"limit": 1})).json()
    assert [row["id"] for row in page["rows"]] == [first.conversation_id]
    rest = (await ann.get(LIST, params={"after": page["next_cursor"]})).json()
    assert [row["id"] for row in rest["rows"]] == [second.conversation_id]


async def test_a_conversation_is_read_with_all_that_belongs_to_it(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    asked_about = await rooms.stores.emails.get(review.email_id)
    await accept(rooms.stores, 2, Mail(follows=asked_about, text="w" * 20_001))
    await post_letter(rooms.stores, asked_about, 1)
    note = (await ann.post(of(asked_about, "/notes"), json={"text": "She is a good customer."})).json()
    found = (await ann.get(of(asked_about))).json()
    assert [row["email"]["subject"] for row in found["emails"]["rows"]] == ["About mail 1", "About mail 2"]
    assert [(len(row["new_text"]), row["cut"]) for row in found["emails"]["rows"]] == [(6, False), (20_000, True)]
    (letter,) = found["replies"]["rows"]
    assert (letter["text"].strip(), letter["subject"], letter["state"]) == ("Dear Ann, grüße 1", "Re: mail", "pending")
    assert letter["recipient"] == {"name": "Ann", "address": "ann@example.com"}
    assert "content" not in str(letter)
    assert found["notes"]["rows"] == [note]
    assert [one["id"] for one in found["undecided"]] == [review.id]


async def test_each_list_of_a_conversation_has_pages(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    mails = await thread(rooms, 3)
    for number in range(3):
        await post_letter(rooms.stores, mails[0], number)
        await ann.post(of(mails[0], "/notes"), json={"text": f"Note {number}"})
        rooms.clock.advance(1)
    for name, key in (("emails", "new_text"), ("replies", "text"), ("notes", "text")):
        first = (await ann.get(of(mails[0], f"/{name}"), params={"limit": 2})).json()
        rest = (await ann.get(of(mails[0], f"/{name}"), params={"limit": 2, "after": first["next_cursor"]})).json()
        assert (len(first["rows"]), len(rest["rows"]), rest["next_cursor"]) == (2, 1, None)
        told = [row[key].strip()[-1] for row in [*first["rows"], *rest["rows"]]]
        assert told == sorted(told)
        assert (await ann.get(of(mails[0], f"/{name}"), params={"after": "none"})).status_code == 422
    whole = (await ann.get(of(mails[0]), params={"limit": 2})).json()
    assert all(whole[name]["next_cursor"] for name in ("emails", "replies", "notes"))


async def test_the_statements_do_not_grow_with_the_conversation(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    (mail,) = await thread(rooms, 1)
    paths = [LIST, of(mail), of(mail, "/emails"), of(mail, "/replies"), of(mail, "/notes")]
    few = [await statements_of(ann, path) for path in paths]
    for number in range(2, 8):
        await accept(rooms.stores, number, Mail(follows=mail))
        await post_letter(rooms.stores, mail, number)
        await ann.post(of(mail, "/notes"), json={"text": "Note"})
    assert [await statements_of(ann, path) for path in paths] == few


async def test_a_note_is_deleted_by_its_author_or_an_administrator(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    (mail,) = await thread(rooms, 1)
    boss = await rooms.client(rooms.app(conversations.ROUTER), Role.ADMIN)
    by_boss = (await boss.post(of(mail, "/notes"), json={"text": "Mine"})).json()
    by_ann = [(await ann.post(of(mail, "/notes"), json={"text": "Hers"})).json() for _ in range(2)]
    assert (by_boss["by"], by_ann[0]["by"]) == ("admin", "agent")
    refused = await ann.delete(of(mail, f"/notes/{by_boss['id']}"))
    assert (refused.status_code, "by 'admin'" in refused.json()["detail"]) == (409, True)
    assert (await ann.delete(of(mail, f"/notes/{by_ann[0]['id']}"))).status_code == 204
    assert (await boss.delete(of(mail, f"/notes/{by_ann[1]['id']}"))).status_code == 204
    assert (await ann.delete(of(mail, f"/notes/{by_ann[0]['id']}"))).status_code == 404
    assert [row["id"] for row in (await ann.get(of(mail, "/notes"))).json()["rows"]] == [by_boss["id"]]


async def test_a_note_is_found_beside_its_own_conversation_only(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    (mail,) = await thread(rooms, 1)
    other = await accept(rooms.stores, 9)
    note = (await ann.post(of(mail, "/notes"), json={"text": "Hers"})).json()
    assert (await ann.delete(of(other, f"/notes/{note['id']}"))).status_code == 404
    assert (await rooms.stores.notes.of_conversation(mail.conversation_id)).rows != ()


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": ""}',
        b'{"text": " \\t"}',
        b'{"text": "\\u001c"}',
        b'{"text": "a\\u0000"}',
        b'{"text": "\\udc00"}',
        b'{"text": "' + b"x" * 10_001 + b'"}',
        b'{"text": 5}',
        b"{}",
        b'{"text": "a", "by": "eve"}',
    ],
)
async def test_a_note_that_cannot_be_kept_is_refused(rooms: Rooms, ann: httpx.AsyncClient, body: bytes) -> None:
    (mail,) = await thread(rooms, 1)
    answer = await ann.post(of(mail, "/notes"), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert (await rooms.stores.notes.of_conversation(mail.conversation_id)).rows == ()


async def test_a_note_as_long_as_may_be_is_kept(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    (mail,) = await thread(rooms, 1)
    text = "🙂" * 10_000
    assert (await ann.post(of(mail, "/notes"), json={"text": text})).json()["text"] == text


@pytest.mark.parametrize("odd", ["nothing", "%00", "%ff", "x" * 2_000])
async def test_what_is_not_there_is_not_found(ann: httpx.AsyncClient, odd: str) -> None:
    for rest in ("", "/emails", "/replies", "/notes"):
        assert (await ann.get(f"{LIST}/{odd}{rest}")).status_code == 404
    assert (await ann.post(f"{LIST}/{odd}/notes", json={"text": "a"})).status_code == 404
    assert (await ann.delete(f"{LIST}/{odd}/notes/{odd}")).status_code == 404


async def test_who_may_only_look_writes_no_notes(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    (mail,) = await thread(rooms, 1)
    viewer = await rooms.client(rooms.app(conversations.ROUTER), Role.VIEWER)
    assert (await viewer.post(of(mail, "/notes"), json={"text": "a"})).status_code == 403
    assert (await viewer.delete(of(mail, "/notes/no_1"))).status_code == 403
    assert (await rooms.stores.notes.of_conversation(ConversationId(mail.conversation_id))).rows == ()
