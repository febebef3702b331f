"""What every implementation of `Categories` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_TEXT_CURSORS, ODD, all_pages
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.category import Category


def category(name: str, *, title: str = "Orders") -> Category:
    """Return the category `name`."""
    return Category(
        name=name,
        title=title,
        description="Where a parcel is.",
        examples=("Where is it?", "Has it left?"),
        language="en",
        by="ann",
        updated_at=at(1),
        automatic=False,
    )


class CategoriesContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_category_is_added_once_and_comes_back_as_it_was(self, stores: Stores, second: Stores) -> None:
        assert await stores.categories.add(category("orders"))
        assert not await second.categories.add(category("orders", title="Other"))
        assert await second.categories.get("orders") == category("orders")

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.categories.get("orders")
        assert caught.value.hint
        assert not await stores.categories.change(category("orders"))
        assert not await stores.categories.remove("orders")

    async def test_a_change_counts_the_revision_and_happens_once(self, stores: Stores) -> None:
        await stores.categories.add(category("orders"))
        changed = replace(category("orders", title="New"), by="ben", updated_at=at(9), automatic=True)
        assert await stores.categories.change(changed)
        assert not await stores.categories.change(changed)
        assert await stores.categories.get("orders") == replace(changed, revision=1)

    async def test_a_removed_one_is_gone_and_can_be_added_anew(self, stores: Stores) -> None:
        await stores.categories.add(category("orders"))
        assert await stores.categories.remove("orders")
        assert (await stores.categories.list()).rows == ()
        assert await stores.categories.add(category("orders"))

    async def test_of_many_changes_at_once_one_is_made(self, stores: Stores, second: Stores) -> None:
        await stores.categories.add(category("orders"))
        changes = [category("orders", title=f"{number}") for number in range(20)]
        made = await asyncio.gather(
            *((stores if n % 2 else second).categories.change(one) for n, one in enumerate(changes))
        )
        assert sum(made) == 1
        assert await second.categories.get("orders") == replace(changes[made.index(True)], revision=1)

    async def test_the_list_goes_by_name_in_pages(self, stores: Stores) -> None:
        for name in ("b", "ö", "a", "c d", "z"):
            await stores.categories.add(category(name))
        pages = await all_pages(lambda cursor: stores.categories.list(after=cursor, limit=2))
        assert [[one.name for one in page] for page in pages] == [["a", "b"], ["c d", "z"], ["ö"]]

    @pytest.mark.parametrize("cursor", NO_TEXT_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.categories.list(after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(category(ODD), title=ODD, examples=(ODD,))
        assert await stores.categories.add(odd)
        assert await stores.categories.get(ODD) == odd

    async def test_text_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        for broken in (category(HALF_PAIR), category("orders", title=HALF_PAIR)):
            with pytest.raises(InputError):
                await stores.categories.add(broken)
