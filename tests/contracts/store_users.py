"""What every implementation of `Users` does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_TEXT_CURSORS, ODD, all_pages, user
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.user import Role, UserId


class UsersContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_user_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        first = replace(user("ann"), password_hash="$argon2id$v=19$abc", disabled=True)
        assert await stores.users.add(first)
        assert not await stores.users.add(replace(first, name="ben"))
        assert await stores.users.get(first.id) == first
        assert await stores.users.named("ann") == first
        assert await stores.users.named("ben") is None

    async def test_a_name_belongs_to_one_user(self, stores: Stores) -> None:
        await stores.users.add(user("ann"))
        assert not await stores.users.add(replace(user("ben"), name="ann"))
        with pytest.raises(NotFoundError):
            await stores.users.get(UserId("us_ben"))

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.users.get(UserId("us_ann"))
        assert caught.value.hint
        assert await stores.users.named("ann") is None
        assert not await stores.users.change(user("ann"))
        assert (await stores.users.list()).rows == ()

    async def test_times_are_kept_in_milliseconds(self, stores: Stores) -> None:
        finer = timedelta(milliseconds=7, microseconds=9)
        await stores.users.add(replace(user("ann"), created_at=at(1) + finer))
        found = await stores.users.get(UserId("us_ann"))
        assert found.created_at == at(1) + timedelta(milliseconds=7)

    async def test_a_change_counts_the_revision_and_happens_once(self, stores: Stores) -> None:
        await stores.users.add(user("ann"))
        changed = replace(user("ann"), role=Role.ADMIN, display_name="Ann A.", updated_at=at(9))
        assert await stores.users.change(changed)
        assert not await stores.users.change(changed)
        assert await stores.users.get(changed.id) == replace(changed, revision=1)

    async def test_a_change_leaves_the_name_as_it_was(self, stores: Stores) -> None:
        await stores.users.add(user("ann"))
        assert await stores.users.change(replace(user("ann"), name="ben", display_name="Other"))
        found = await stores.users.get(UserId("us_ann"))
        assert (found.name, found.display_name) == ("ann", "Other")
        assert await stores.users.named("ben") is None
        assert await stores.users.named("ann") == found

    async def test_of_many_changes_at_once_one_is_made(self, stores: Stores, second: Stores) -> None:
        await stores.users.add(user("ann"))
        changes = [replace(user("ann"), display_name=f"Ann {number}") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).users.change(change) for number, change in enumerate(changes))
        )
        assert sum(made) == 1
        assert await second.users.get(UserId("us_ann")) == replace(changes[made.index(True)], revision=1)

    async def test_of_many_who_want_a_name_one_gets_it(self, stores: Stores, second: Stores) -> None:
        wanted = [replace(user(f"u{number}"), name="ann") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).users.add(one) for number, one in enumerate(wanted))
        )
        assert sum(made) == 1
        assert await stores.users.named("ann") == wanted[made.index(True)]

    async def test_the_list_goes_by_name_in_pages(self, stores: Stores) -> None:
        names = ["d", "b", "ö", "e", "a"]
        for name in names:
            await stores.users.add(user(name))
        pages = await all_pages(lambda cursor: stores.users.list(after=cursor, limit=2))
        assert [[one.name for one in page] for page in pages] == [["a", "b"], ["d", "e"], ["ö"]]

    async def test_a_list_that_ends_with_a_page_has_no_next(self, stores: Stores) -> None:
        for name in ("a", "b"):
            await stores.users.add(user(name))
        assert (await stores.users.list(limit=2)).next_cursor is None

    @pytest.mark.parametrize("cursor", NO_TEXT_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.users.list(after=cursor)
        assert caught.value.hint

    async def test_who_is_disabled_does_not_count(self, stores: Stores) -> None:
        assert await stores.users.count() == 0
        for name, role in (("a", Role.ADMIN), ("b", Role.ADMIN), ("c", Role.VIEWER)):
            await stores.users.add(user(name, role=role))
        assert await stores.users.change(replace(user("b", role=Role.ADMIN), disabled=True))
        assert await stores.users.change(replace(user("c"), role=Role.AGENT))
        counts = {role: await stores.users.count(role) for role in Role}
        assert counts == {Role.ADMIN: 1, Role.AGENT: 1, Role.VIEWER: 0}
        assert await stores.users.count() == 2

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(user("ann"), id=UserId(ODD), name=ODD, display_name=ODD)
        await stores.users.add(user("zoe"))
        assert await stores.users.add(odd)
        assert await stores.users.get(odd.id) == odd
        assert await stores.users.named(ODD) == odd
        assert await stores.users.named(ODD.replace("\u00e9", "e\u0301")) is None
        pages = await all_pages(lambda cursor: stores.users.list(after=cursor, limit=1))
        assert [one.name for page in pages for one in page] == [ODD, "zoe"]

    async def test_text_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        for broken in (replace(user("ann"), name=HALF_PAIR), replace(user("ann"), display_name=HALF_PAIR)):
            with pytest.raises(InputError):
                await stores.users.add(broken)
        with pytest.raises(InputError):
            await stores.users.named(HALF_PAIR)
