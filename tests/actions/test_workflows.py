import asyncio
from dataclasses import replace

import pytest

from api.conftest import NOW
from postroom.actions.desk import Desk
from postroom.actions.workflows import (
    create_workflow,
    publish_workflow,
    roll_back_workflow,
    stored_workflow,
    update_workflow,
)
from postroom.bootstrap.plugins import node_types
from postroom.errors import ConfigurationError, ConflictError, NotFoundError
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.workflows.load import template

SLUG = WorkflowSlug("customer_support")
SHIPPED = template(SLUG)
TYPES = node_types()


async def test_of_two_who_save_at_the_same_time_one_is_told(desk: Desk) -> None:
    await create_workflow(desk, SHIPPED, TYPES)

    found = await asyncio.gather(
        *(update_workflow(desk, replace(SHIPPED, title=title), TYPES, base_version=1) for title in ("A", "B")),
        return_exceptions=True,
    )

    assert sum(isinstance(one, ConflictError) for one in found) == 1
    assert (await desk.stores.workflows.newest(SLUG)).version == 2


async def test_a_save_that_comes_too_late_leaves_what_somebody_published_meanwhile(desk: Desk) -> None:
    await desk.stores.workflows.save(SHIPPED, at=NOW)
    for round_number in range(1, 9):
        titles = [f"{name} {round_number}" for name in ("A", "B", "C")]
        found = await asyncio.gather(
            *(_save_and_publish(desk, replace(SHIPPED, title=title), round_number) for title in titles),
            return_exceptions=True,
        )
        assert [type(one) for one in found if one is not None] == [ConflictError, ConflictError]
        assert (await desk.stores.workflows.current(SLUG)).version == round_number + 1


async def _save_and_publish(desk: Desk, changed: Workflow, base_version: int) -> None:
    saved = await update_workflow(desk, changed, TYPES, base_version=base_version)
    await publish_workflow(desk, SLUG, saved.version, TYPES)


async def test_what_is_in_use_changes_by_publishing_only(desk: Desk) -> None:
    await desk.stores.workflows.save(SHIPPED, at=NOW)
    await update_workflow(desk, replace(SHIPPED, title="New"), TYPES, base_version=1)
    assert (await stored_workflow(desk, SLUG, None)).version == 1

    await publish_workflow(desk, SLUG, 2, TYPES)
    assert (await stored_workflow(desk, SLUG, None)).version == 2
    await roll_back_workflow(desk, SLUG, TYPES, version=None)
    assert (await stored_workflow(desk, SLUG, None)).version == 1


async def test_only_what_can_run_is_saved(desk: Desk) -> None:
    with pytest.raises(ConfigurationError):
        await create_workflow(desk, replace(SHIPPED, edges=()), TYPES)
    with pytest.raises(NotFoundError):
        await stored_workflow(desk, SLUG, None)


async def test_a_name_is_given_once(desk: Desk) -> None:
    await create_workflow(desk, SHIPPED, TYPES)

    with pytest.raises(ConflictError):
        await create_workflow(desk, replace(SHIPPED, title="Other"), TYPES)
