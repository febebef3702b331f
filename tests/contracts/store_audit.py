"""What every implementation of `Audit` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages, entry
from contracts.store_nouns import at
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.model.audit import AuditFilter

ALL = AuditFilter()


async def ids(stores: Stores, wanted: AuditFilter) -> str:
    """Return the ids of the entries that a filter lets through, without `au_`, joined."""
    return "".join(one.id.removeprefix("au_") for one in (await stores.audit.list(wanted)).rows)


class AuditContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_an_entry_comes_back_as_it_was(self, stores: Stores) -> None:
        first = replace(entry("a"), user_id=None, detail="wrong password", status=401)
        await stores.audit.add(first)
        assert (await stores.audit.list(ALL)).rows == (first,)

    async def test_an_entry_with_a_known_id_changes_nothing(self, stores: Stores, second: Stores) -> None:
        first = entry("a")
        await stores.audit.add(first)
        await second.audit.add(replace(first, by="ben"))
        assert (await stores.audit.list(ALL)).rows == (first,)

    async def test_the_list_is_newest_first_in_pages(self, stores: Stores) -> None:
        for number, minute in enumerate((3, 1, 3, 9, 0)):
            await stores.audit.add(entry(f"{number}", minute=minute))
        pages = await all_pages(lambda cursor: stores.audit.list(ALL, after=cursor, limit=2))
        assert [[one.id for one in page] for page in pages] == [["au_3", "au_2"], ["au_0", "au_1"], ["au_4"]]

    async def test_a_cursor_from_beyond_the_time_asked_for_begins_at_its_end(self, stores: Stores) -> None:
        for number in range(6):
            await stores.audit.add(entry(f"{number}", minute=number))
        page = await stores.audit.list(ALL, limit=1)
        found = await stores.audit.list(AuditFilter(since=at(1), until=at(4)), after=page.next_cursor, limit=2)
        assert [one.id for one in found.rows] == ["au_3", "au_2"]
        found = await stores.audit.list(AuditFilter(since=at(1), until=at(4)), after=found.next_cursor, limit=2)
        assert [one.id for one in found.rows] == ["au_1"]
        assert found.next_cursor is None

    async def test_a_page_is_not_moved_by_what_was_added_since(self, stores: Stores) -> None:
        for number in range(3):
            await stores.audit.add(entry(f"{number}"))
        first = await stores.audit.list(ALL, limit=1)
        await stores.audit.add(entry("9"))
        rest = await stores.audit.list(ALL, after=first.next_cursor, limit=9)
        assert [one.id for one in rest.rows] == ["au_1", "au_0"]

    async def test_each_filter_narrows(self, stores: Stores) -> None:
        await stores.audit.add(entry("a", by="ann", act="log_in", subject="", minute=1))
        await stores.audit.add(entry("b", by="ben", act="log_in", subject="", minute=2))
        await stores.audit.add(entry("c", by="ann", act="approve_review", subject="ex_1/2", minute=3))
        await stores.audit.add(entry("d", by="ben", act="approve_review", subject="ex_2/2", minute=4))
        assert await ids(stores, ALL) == "dcba"
        assert await ids(stores, AuditFilter(by="ann")) == "ca"
        assert await ids(stores, AuditFilter(act="log_in")) == "ba"
        assert await ids(stores, AuditFilter(subject="ex_2/2")) == "d"
        assert await ids(stores, AuditFilter(subject="")) == "ba"
        assert await ids(stores, AuditFilter(since=at(2))) == "dcb"
        assert await ids(stores, AuditFilter(until=at(2))) == "a"
        assert await ids(stores, AuditFilter(by="nobody")) == ""

    async def test_filters_combine_and_page(self, stores: Stores) -> None:
        for number in range(16):
            by, act = ("ann", "ben")[number % 2], ("log_in", "log_out")[number // 2 % 2]
            await stores.audit.add(entry(f"{number:x}", by=by, act=act, subject=f"s{number % 3}", minute=number))
        assert await ids(stores, AuditFilter(by="ann", act="log_in")) == "c840"
        assert await ids(stores, AuditFilter(by="ann", act="log_in", since=at(1), until=at(12))) == "84"
        assert await ids(stores, AuditFilter(by="ann", act="log_in", subject="s1", since=at(1), until=at(12))) == "4"
        wanted = AuditFilter(by="ben", since=at(3), until=at(14))
        pages = await all_pages(lambda cursor: stores.audit.list(wanted, after=cursor, limit=4))
        assert [[one.id for one in page] for page in pages] == [["au_d", "au_b", "au_9", "au_7"], ["au_5", "au_3"]]

    async def test_what_two_stores_write_at_once_is_all_there(self, stores: Stores, second: Stores) -> None:
        entries = [entry(f"{number:02}") for number in range(40)]
        await asyncio.gather(*((stores if number % 2 else second).audit.add(one) for number, one in enumerate(entries)))
        pages = await all_pages(lambda cursor: second.audit.list(ALL, after=cursor, limit=7))
        assert sorted(one.id for page in pages for one in page) == [one.id for one in entries]

    @pytest.mark.parametrize("cursor", [*(one for one in NO_CURSORS if one != "1-2"), "1", "1-2-3"])
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.audit.list(ALL, after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_and_is_found(self, stores: Stores) -> None:
        odd = replace(entry("a", by=ODD, act=ODD, subject=ODD), address=ODD, detail=ODD, credential=ODD, id=ODD)
        await stores.audit.add(odd)
        assert (await stores.audit.list(AuditFilter(by=ODD, act=ODD, subject=ODD))).rows == (odd,)

    async def test_text_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.audit.add(replace(entry("a"), detail=HALF_PAIR))
        with pytest.raises(InputError):
            await stores.audit.list(AuditFilter(by=HALF_PAIR))
