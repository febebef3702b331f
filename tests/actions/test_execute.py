import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import SALES, SHOP, SUPPORT, arrival, at, mailbox, workflow
from postroom.actions.desk import Desk
from postroom.actions.execute import (
    ExecutionOrder,
    execute_stored,
    execute_waiting,
    mailbox_for,
    make_executions,
)
from postroom.actions.once import OnceKey
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.model.execution import EventFilter, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import WorkflowSlug

SHOPS: dict[str, Mailbox] = {SHOP: replace(mailbox(SHOP), workflow=SUPPORT)}


def order(**changes: object) -> ExecutionOrder:
    return replace(ExecutionOrder(workflow=SUPPORT, dry_run=False, mailboxes=SHOPS), **changes)  # type: ignore[arg-type]


async def accept(desk: Desk, number: int) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    await desk.stores.ledger.accept([replace(arrival(number), version=1)])


async def settle(desk: Desk, execution_id: ExecutionId) -> None:
    found = await desk.stores.executions.get(execution_id)
    assert await desk.stores.executions.settle(replace(found, status=ExecutionStatus.SUCCEEDED), ())


async def test_an_email_is_not_executed_beside_an_execution_that_is_under_way(desk: Desk) -> None:
    await accept(desk, 1)
    mail = arrival(1)
    for status in (one for one in ExecutionStatus if not one.settled):
        found = await desk.stores.executions.get(mail.execution_id)
        assert await desk.stores.executions.settle(replace(found, status=status), ())
        with pytest.raises(ConflictError, match=mail.execution_id):
            await execute_stored(desk, order(), mail.email_id)
        # Neither of them is in the way of the other, nor of a third.
        assert len((await execute_stored(desk, order(dry_run=True), mail.email_id)).executions) == 1
    await settle(desk, mail.execution_id)
    await execute_stored(desk, order(), mail.email_id)


async def test_a_repeated_request_is_not_in_its_own_way(desk: Desk) -> None:
    await accept(desk, 1)
    await settle(desk, arrival(1).execution_id)
    once = order(once=OnceKey(key="ann/k", fingerprint="a"))
    assert await execute_stored(desk, once, arrival(1).email_id) == await execute_stored(
        desk, once, arrival(1).email_id
    )


async def history(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    await desk.stores.ledger.accept([replace(arrival(1), version=1, history=True)])


async def test_two_who_execute_what_waits_at_once_make_one_execution_of_history(desk: Desk) -> None:
    await history(desk)
    plans = await asyncio.gather(*(execute_waiting(desk, order(), SHOP, limit=9) for _ in range(2)))
    (made,) = (await desk.stores.executions.list()).rows
    assert [one.execution_id for plan in plans for one in plan.executions] == [made.id, made.id]
    assert len(await desk.stores.executions.events(EventFilter(execution_id=made.id))) == 1


async def test_a_dry_run_takes_nothing_out_of_what_waits(desk: Desk) -> None:
    await history(desk)
    for _ in range(2):
        (dry,) = (await execute_waiting(desk, order(dry_run=True), SHOP, limit=9)).executions
        assert (await desk.stores.executions.get(dry.execution_id)).dry_run
    (real,) = (await execute_waiting(desk, order(), SHOP, limit=9)).executions
    assert not (await desk.stores.executions.get(real.execution_id)).dry_run
    assert (await execute_waiting(desk, order(), SHOP, limit=9)).executions == (replace(real, queued=True),)
    await settle(desk, real.execution_id)
    with pytest.raises(ConflictError):
        await execute_waiting(desk, order(), SHOP, limit=9)


async def test_carrying_a_plan_out_twice_changes_nothing(desk: Desk) -> None:
    await accept(desk, 1)
    await settle(desk, arrival(1).execution_id)
    plan = await execute_stored(desk, order(), arrival(1).email_id)
    (one,) = plan.executions
    before = await desk.stores.executions.events(EventFilter(execution_id=one.execution_id))

    await make_executions(desk.stores, plan)

    assert await desk.stores.executions.events(EventFilter(execution_id=one.execution_id)) == before
    assert len(before) == 1
    assert len((await desk.stores.executions.list(ExecutionFilter())).rows) == 2


async def test_a_mail_that_another_mailbox_took_over_is_executed_by_that_ones_rules(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    observed = replace(arrival(1, content="hello"), version=1, observed=True)
    await desk.stores.ledger.accept([observed, replace(arrival(2, mailbox=SALES, content="hello"), version=1)])
    both = SHOPS | {SALES: replace(mailbox(SALES), workflow=SUPPORT)}

    plan = await execute_stored(desk, order(mailboxes=both, dry_run=True), observed.email_id)

    assert [one.mailbox_id for one in plan.executions] == [SALES]
    with pytest.raises(ConflictError, match="sales"):
        await execute_stored(desk, order(dry_run=True), observed.email_id)


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
