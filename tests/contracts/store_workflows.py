"""What every implementation of `Workflows` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import workflow
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.workflow import WorkflowSlug


class WorkflowsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_saving_numbers_the_versions(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support"))
        assert first == replace(workflow("support"), version=1)
        second = await stores.workflows.save(workflow("support", title="Other"))
        assert second.version == 2
        assert await stores.workflows.get(first.slug, 1) == first
        assert await stores.workflows.newest(first.slug) == second

    async def test_saving_the_same_again_makes_no_version(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support"))
        assert await stores.workflows.save(replace(workflow("support"), version=7)) == first
        saved = await asyncio.gather(*(stores.workflows.save(workflow("new")) for _ in range(5)))
        assert {found.version for found in saved} == {1}

    async def test_going_back_to_an_older_content_is_a_new_version(self, stores: Stores) -> None:
        for title in ("A", "B", "A"):
            saved = await stores.workflows.save(workflow("support", title=title))
        assert saved.version == 3

    async def test_the_list_has_the_newest_of_each(self, stores: Stores) -> None:
        for slug, title in (("b", "1"), ("a", "1"), ("b", "2")):
            await stores.workflows.save(workflow(slug, title=title))
        found = await stores.workflows.list()
        assert [(one.slug, one.version) for one in found] == [("a", 1), ("b", 2)]

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.workflows.newest(WorkflowSlug("none"))
        assert caught.value.hint
        await stores.workflows.save(workflow("support"))
        with pytest.raises(NotFoundError) as caught:
            await stores.workflows.get(WorkflowSlug("support"), 2)
        assert caught.value.hint
