"""Events for the tests of the live stream, written here or by another process."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from postroom.interfaces.stores import Stores
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import Event, EventKind, Execution, ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug
from postroom.stores.sql.open import open_stores

WORKFLOW = WorkflowSlug("customer_support")
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECONDS = 60


def event(number: int, execution: str = "x1", *, workflow: str = WORKFLOW, note: str = "") -> Event:
    """Return one of the many events of an execution; `number` makes it another one."""
    return Event(
        execution_id=ExecutionId(execution),
        node_id="classify",
        attempt=number,
        kind=EventKind.NODE_STARTED,
        at=AT,
        note=note,
        workflow=workflow,
    )


def execution(name: str = "x1", *, workflow: WorkflowSlug = WORKFLOW) -> Execution:
    """Return an execution that runs."""
    return Execution(
        id=ExecutionId(name),
        email_id=EmailId(f"em_{name}"),
        mailbox_id=MailboxId("main"),
        workflow=workflow,
        version=1,
        status=ExecutionStatus.RUNNING,
        run=1,
        final_state=None,
        created_at=AT,
        updated_at=AT,
    )


async def record(stores: Stores, events: Sequence[Event]) -> None:
    """Store many events, some hundreds at a time."""
    for first in range(0, len(events), 500):
        await stores.executions.record(events[first : first + 500])


def write_elsewhere(url: str, name: str, count: int) -> None:
    """Write `count` events of the execution `name` one by one; for a process of its own."""

    async def write() -> None:
        stores = await open_stores(url)
        for number in range(count):
            await stores.executions.record([event(number, name)])
        await stores.connection.close()

    asyncio.run(write())


async def until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds; for what tells nobody when it happens."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - see above.
            await asyncio.sleep(0.005)
