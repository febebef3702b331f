"""What every implementation of `Workflows` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import at, workflow
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.workflow import WorkflowSlug, WorkflowVersion


class WorkflowsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_saving_numbers_the_versions(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support"), at=at(0))
        assert first == replace(workflow("support"), version=1)
        second = await stores.workflows.save(workflow("support", title="Other"), at=at(0))
        assert second.version == 2
        assert await stores.workflows.get(first.slug, 1) == first
        assert await stores.workflows.newest(first.slug) == second

    async def test_saving_the_same_again_makes_no_version(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support"), at=at(0))
        assert await stores.workflows.save(replace(workflow("support"), version=7), at=at(0)) == first
        saved = await asyncio.gather(*(stores.workflows.save(workflow("new"), at=at(0)) for _ in range(5)))
        assert {found.version for found in saved} == {1}

    async def test_a_version_made_from_an_older_one_than_the_newest_is_refused(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support"), at=at(0), base_version=0)
        second = await stores.workflows.save(workflow("support", title="B"), at=at(0), base_version=first.version)
        for base in (0, first.version, second.version + 1):
            with pytest.raises(ConflictError) as caught:
                await stores.workflows.save(workflow("support", title="C"), at=at(0), base_version=base)
            assert caught.value.hint
        assert await stores.workflows.newest(first.slug) == second

    async def test_going_back_to_an_older_content_is_a_new_version(self, stores: Stores) -> None:
        for title in ("A", "B", "A"):
            saved = await stores.workflows.save(workflow("support", title=title), at=at(0))
        assert saved.version == 3

    async def test_the_list_has_the_newest_of_each(self, stores: Stores) -> None:
        for slug, title in (("b", "1"), ("a", "1"), ("b", "2")):
            await stores.workflows.save(workflow(slug, title=title), at=at(0))
        found = await stores.workflows.list()
        assert [(one.slug, one.version) for one in found] == [("a", 1), ("b", 2)]

    async def test_the_newest_is_in_use_until_one_is_published(self, stores: Stores) -> None:
        for minute, title in enumerate(("A", "B", "C")):
            saved = await stores.workflows.save(workflow("support", title=title), at=at(minute))
        slug = saved.slug
        assert await stores.workflows.current(slug) == saved
        await stores.workflows.publish(slug, 2)
        await stores.workflows.publish(slug, 2)
        later = await stores.workflows.save(workflow("support", title="D"), at=at(5))
        assert (await stores.workflows.current(slug)).title == "B"
        assert [one.title for one in await stores.workflows.list()] == ["B"]
        assert await stores.workflows.newest(slug) == later
        await stores.workflows.publish(slug, 4)
        assert await stores.workflows.current(slug) == later

    async def test_a_version_made_from_another_is_not_in_use_until_it_is_published(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support", title="A"), at=at(0))
        second = await stores.workflows.save(workflow("support", title="B"), at=at(1), base_version=1)
        assert await stores.workflows.current(first.slug) == first
        await stores.workflows.publish(first.slug, second.version)
        await stores.workflows.save(workflow("support", title="C"), at=at(2), base_version=2)
        assert await stores.workflows.current(first.slug) == second

    async def test_saving_that_is_refused_or_changes_nothing_leaves_open_which_is_in_use(self, stores: Stores) -> None:
        first = await stores.workflows.save(workflow("support", title="A"), at=at(0))
        assert await stores.workflows.save(workflow("support", title="A"), at=at(1), base_version=1) == first
        with pytest.raises(ConflictError):
            await stores.workflows.save(workflow("support", title="B"), at=at(1), base_version=7)
        second = await stores.workflows.save(workflow("support", title="C"), at=at(2))
        assert await stores.workflows.current(first.slug) == second

    async def test_publishing_one_workflow_leaves_the_others_as_they_are(self, stores: Stores) -> None:
        for slug, title in (("a", "1"), ("b", "1"), ("a", "2"), ("b", "2")):
            await stores.workflows.save(workflow(slug, title=title), at=at(0))
        await stores.workflows.publish(WorkflowSlug("a"), 1)
        assert [(one.slug, one.version) for one in await stores.workflows.list()] == [("a", 1), ("b", 2)]

    async def test_the_versions_come_newest_first_with_their_times(self, stores: Stores) -> None:
        for minute, title in enumerate(("A", "B", "B", "C")):
            saved = await stores.workflows.save(workflow("support", title=title), at=at(minute))
        slug = saved.slug
        page = await stores.workflows.versions(slug, limit=2)
        assert page.rows == (
            WorkflowVersion(version=3, title="C", saved_at=at(3), published=True),
            WorkflowVersion(version=2, title="B", saved_at=at(1), published=False),
        )
        await stores.workflows.publish(slug, 1)
        rest = await stores.workflows.versions(slug, after=page.next_cursor, limit=2)
        assert rest.rows == (WorkflowVersion(version=1, title="A", saved_at=at(0), published=True),)
        assert rest.next_cursor is None
        assert (await stores.workflows.versions(WorkflowSlug("none"))).rows == ()
        with pytest.raises(InputError):
            await stores.workflows.versions(slug, after="x")

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        for missing in (stores.workflows.newest, stores.workflows.current):
            with pytest.raises(NotFoundError) as caught:
                await missing(WorkflowSlug("none"))
            assert caught.value.hint
        await stores.workflows.save(workflow("support"), at=at(0))
        with pytest.raises(NotFoundError) as caught:
            await stores.workflows.get(WorkflowSlug("support"), 2)
        assert caught.value.hint
        for slug, version in (("support", 2), ("none", 1)):
            with pytest.raises(NotFoundError):
                await stores.workflows.publish(WorkflowSlug(slug), version)
        assert (await stores.workflows.current(WorkflowSlug("support"))).version == 1
