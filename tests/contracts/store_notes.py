"""What every implementation of `Notes` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages, note
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId
from postroom.model.note import NoteId

FIRST = ConversationId("conversation-1")


async def found(stores: Stores, query: str) -> list[str]:
    """Return the ids of what a search finds."""
    return [one.id for one in (await stores.search.find(query)).rows]


class NotesContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_note_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        assert await stores.notes.add(note("a"))
        assert not await stores.notes.add(note("a", text="Other."))
        assert await stores.notes.get(NoteId("no_a")) == note("a")

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.notes.get(NoteId("no_a"))
        assert caught.value.hint
        assert not await stores.notes.remove(NoteId("no_a"))
        assert (await stores.notes.of_conversation(FIRST)).rows == ()

    async def test_the_notes_of_a_conversation_are_oldest_first_in_pages(self, stores: Stores) -> None:
        for number in range(5):
            await stores.notes.add(note(f"{number}", minute=number))
            await stores.notes.add(note(f"other {number}", conversation="conversation-2"))
        pages = await all_pages(lambda cursor: stores.notes.of_conversation(FIRST, after=cursor, limit=2))
        assert [[one.id for one in page] for page in pages] == [["no_0", "no_1"], ["no_2", "no_3"], ["no_4"]]

    async def test_a_removed_note_is_gone_everywhere(self, stores: Stores, second: Stores) -> None:
        await stores.notes.add(note("a", text="Refund agreed"))
        await stores.notes.add(note("b", text="Refund refused"))
        assert await found(stores, "refund agreed") == ["no_a"]
        assert await second.notes.remove(NoteId("no_a"))
        assert not await stores.notes.remove(NoteId("no_a"))
        assert [one.id for one in (await stores.notes.of_conversation(FIRST)).rows] == ["no_b"]
        assert await found(stores, "agreed") == []
        assert await found(stores, "refund") == ["no_b"]

    async def test_a_note_that_was_not_stored_is_not_found_by_its_words(self, stores: Stores) -> None:
        await stores.notes.add(note("a", text="Refund agreed"))
        await stores.notes.add(note("a", text="Parcel lost"))
        assert await found(stores, "parcel") == []
        assert await found(stores, "agreed") == ["no_a"]

    async def test_what_was_removed_can_be_added_anew(self, stores: Stores) -> None:
        await stores.notes.add(note("a", text="Refund agreed"))
        await stores.notes.remove(NoteId("no_a"))
        assert await stores.notes.add(note("a", text="Parcel lost"))
        assert await found(stores, "parcel") == ["no_a"]
        assert await found(stores, "refund") == []

    async def test_a_note_behind_a_removed_one_is_on_the_next_page(self, stores: Stores) -> None:
        for name in ("a", "b", "c"):
            await stores.notes.add(note(name))
        page = await stores.notes.of_conversation(FIRST, limit=2)
        for name in ("b", "c"):
            await stores.notes.remove(NoteId(f"no_{name}"))
        await stores.notes.add(note("d"))
        rest = await stores.notes.of_conversation(FIRST, after=page.next_cursor, limit=2)
        assert [one.id for one in rest.rows] == ["no_d"]

    async def test_of_many_who_add_an_id_at_once_one_does(self, stores: Stores, second: Stores) -> None:
        wanted = [note("a", text=f"text{number}") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).notes.add(one) for number, one in enumerate(wanted))
        )
        assert sum(made) == 1
        assert await stores.notes.get(NoteId("no_a")) == wanted[made.index(True)]

    async def test_of_many_who_remove_at_once_one_does(self, stores: Stores, second: Stores) -> None:
        await stores.notes.add(note("a"))
        assert sum(await asyncio.gather(*(one.notes.remove(NoteId("no_a")) for one in (stores, second) * 5))) == 1

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.notes.of_conversation(FIRST, after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(note("a", conversation=ODD, text=ODD), id=NoteId(ODD), by=ODD)
        assert await stores.notes.add(odd)
        assert await stores.notes.get(odd.id) == odd
        assert (await stores.notes.of_conversation(ConversationId(ODD))).rows == (odd,)
        assert await stores.notes.remove(odd.id)

    async def test_text_that_is_not_unicode_is_refused_and_leaves_nothing(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.notes.add(note("a", text=HALF_PAIR))
        assert (await stores.notes.of_conversation(FIRST)).rows == ()
        with pytest.raises(InputError):
            await stores.notes.get(NoteId(HALF_PAIR))
