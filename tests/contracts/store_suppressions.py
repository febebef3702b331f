"""What every implementation of `Suppressions` does."""

from dataclasses import replace

import pytest

from contracts.store_nouns import at, suppression
from postroom.errors import InputError
from postroom.interfaces.stores import Stores


class SuppressionsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_address_is_put_on_the_list_once(self, stores: Stores) -> None:
        first = suppression("ann@example.com")
        assert await stores.suppressions.add(first)
        assert not await stores.suppressions.add(replace(first, reason="other", at=at(9)))
        assert await stores.suppressions.get("ann@example.com") == first

    async def test_one_that_a_person_added_names_no_reply(self, stores: Stores) -> None:
        await stores.suppressions.add(replace(suppression("ann@example.com"), reply_id=None))
        found = await stores.suppressions.get("ann@example.com")
        assert found is not None
        assert found.reply_id is None

    async def test_addresses_are_compared_in_lower_case(self, stores: Stores) -> None:
        assert await stores.suppressions.add(suppression("Ann@Example.COM"))
        assert not await stores.suppressions.add(suppression("ann@example.com"))
        assert await stores.suppressions.get("ANN@example.com") == suppression("ann@example.com")
        assert await stores.suppressions.remove("aNN@example.com")
        assert await stores.suppressions.get("ann@example.com") is None

    async def test_what_is_not_there_is_none_and_cannot_be_removed(self, stores: Stores) -> None:
        assert await stores.suppressions.get("ann@example.com") is None
        assert not await stores.suppressions.remove("ann@example.com")
        assert (await stores.suppressions.list()).rows == ()

    async def test_what_was_removed_can_be_added_anew(self, stores: Stores) -> None:
        await stores.suppressions.add(suppression("ann@example.com"))
        assert await stores.suppressions.remove("ann@example.com")
        assert not await stores.suppressions.remove("ann@example.com")
        assert await stores.suppressions.add(suppression("ann@example.com", minute=3))

    async def test_the_list_goes_by_address_in_pages_while_it_changes(self, stores: Stores) -> None:
        for name in ("d", "b", "ö", "e", "a"):
            await stores.suppressions.add(suppression(f"{name}@x.example"))
        first = await stores.suppressions.list(limit=2)
        assert [one.address for one in first.rows] == ["a@x.example", "b@x.example"]
        await stores.suppressions.remove("b@x.example")
        await stores.suppressions.add(suppression("c@x.example"))
        second = await stores.suppressions.list(after=first.next_cursor, limit=3)
        third = await stores.suppressions.list(after=second.next_cursor, limit=3)
        found = [one.address[0] for page in (second, third) for one in page.rows]
        assert found == ["c", "d", "e", "ö"]
        assert third.next_cursor is None

    @pytest.mark.parametrize("cursor", ["", "x", "a@x.example", "ö"])
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.suppressions.list(after=cursor)
        assert caught.value.hint
