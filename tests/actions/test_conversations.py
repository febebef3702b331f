import pytest

from contracts.store_nouns import arrival, reply
from postroom.actions.conversations import (
    MAX_NOTE_CHARS,
    add_note,
    conversation_sheet,
    letters,
    remove_any_note,
    remove_own_note,
)
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.model.email import ConversationId
from postroom.model.note import NoteId


@pytest.fixture
async def talk(desk: Desk) -> ConversationId:
    """The conversation of one mail."""
    mail = arrival(1)
    await desk.stores.ledger.accept([mail])
    return (await desk.stores.emails.get(mail.email_id)).conversation_id


async def test_a_note_is_kept_beside_its_conversation(desk: Desk, talk: ConversationId) -> None:
    note = await add_note(desk, talk, "She called.")
    assert (note.by, note.at, note.text) == ("ann", desk.clock.now(), "She called.")
    found = await conversation_sheet(desk.stores, talk, limit=10)
    assert found.notes.rows == (note,)
    assert [one.id for one in found.emails.rows] == [arrival(1).email_id]
    assert (found.letters.rows, found.undecided) == ((), ())


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_NOTE_CHARS + 1)])
async def test_a_note_needs_a_text_of_bounded_length(desk: Desk, talk: ConversationId, text: str) -> None:
    with pytest.raises(InputError):
        await add_note(desk, talk, text)


async def test_nothing_is_written_beside_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        await add_note(desk, ConversationId("nothing"), "She called.")
    with pytest.raises(NotFoundError):
        await conversation_sheet(desk.stores, ConversationId("nothing"), limit=10)


async def test_only_its_author_removes_a_note_as_their_own(desk: Desk, talk: ConversationId) -> None:
    first, second = await add_note(desk, talk, "One"), await add_note(desk, talk, "Two")
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    with pytest.raises(ConflictError, match="by 'ann'"):
        await remove_own_note(bob, talk, first.id)
    await remove_own_note(desk, talk, first.id)
    await remove_any_note(bob, talk, second.id)
    for gone in (remove_own_note(desk, talk, first.id), remove_any_note(desk, talk, NoteId("nothing"))):
        with pytest.raises(NotFoundError):
            await gone
    assert (await desk.stores.notes.of_conversation(talk)).rows == ()


async def test_a_note_beside_another_conversation_is_not_found(desk: Desk, talk: ConversationId) -> None:
    note = await add_note(desk, talk, "One")
    with pytest.raises(NotFoundError):
        await remove_any_note(desk, ConversationId("another"), note.id)
    assert (await desk.stores.notes.get(note.id)) == note


async def test_a_letter_is_read_from_its_bytes_whatever_they_are() -> None:
    (letter,) = await letters([reply("r1")])
    assert letter.subject == "Re"
    assert letter.text.startswith("Dear Ann")
