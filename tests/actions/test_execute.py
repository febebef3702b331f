from dataclasses import replace

import pytest

from contracts.store_nouns import SHOP, SUPPORT, arrival, at, mailbox, workflow
from postroom.actions.desk import Desk
from postroom.actions.execute import (
    ExecutionOrder,
    execute_stored,
    execute_waiting,
    mailbox_for,
    make_executions,
)
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.model.execution import EventFilter, ExecutionFilter
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import WorkflowSlug

SHOPS: dict[str, Mailbox] = {SHOP: replace(mailbox(SHOP), workflow=SUPPORT)}


def order(**changes: object) -> ExecutionOrder:
    return replace(ExecutionOrder(workflow=SUPPORT, dry_run=False, mailboxes=SHOPS), **changes)  # type: ignore[arg-type]


async def accept(desk: Desk, number: int) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    await desk.stores.ledger.accept([replace(arrival(number), version=1)])


async def test_carrying_a_plan_out_twice_changes_nothing(desk: Desk) -> None:
    await accept(desk, 1)
    plan = await execute_stored(desk, order(), arrival(1).email_id)
    (one,) = plan.executions
    before = await desk.stores.executions.events(EventFilter(execution_id=one.execution_id))

    await make_executions(desk.stores, plan)

    assert await desk.stores.executions.events(EventFilter(execution_id=one.execution_id)) == before
    assert len(before) == 1
    assert len((await desk.stores.executions.list(ExecutionFilter())).rows) == 2


async def test_what_is_queued_in_another_workflow_is_left_to_it(desk: Desk) -> None:
    await accept(desk, 1)
    other = WorkflowSlug("other")
    await desk.stores.workflows.save(workflow(other), at=at(0))

    with pytest.raises(ConflictError):
        await execute_waiting(desk, order(workflow=other), SHOP, limit=10)


async def test_nothing_is_executed_that_is_not_there(desk: Desk) -> None:
    await accept(desk, 1)

    with pytest.raises(NotFoundError):
        await execute_stored(desk, order(workflow=WorkflowSlug("nothing")), arrival(1).email_id)
    with pytest.raises(NotFoundError):
        await execute_stored(desk, order(), arrival(2).email_id)
    with pytest.raises(ConflictError):
        await execute_stored(desk, order(mailboxes={}), arrival(1).email_id)


def test_the_mailbox_of_an_upload_is_the_named_or_the_only_one() -> None:
    assert mailbox_for(SUPPORT, None, SHOPS) == SHOPS[SHOP]
    assert mailbox_for(WorkflowSlug("other"), SHOP, SHOPS) == SHOPS[SHOP]
    with pytest.raises(InputError) as unclear:
        mailbox_for(WorkflowSlug("other"), None, SHOPS)
    assert SHOP in unclear.value.hint
