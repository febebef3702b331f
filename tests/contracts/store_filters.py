"""What every implementation of `Executions` finds for a filter: the same as a look at each row would."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from contracts.store_nouns import SALES, SHOP, SUPPORT, at, event, execution
from postroom.errors import PostroomError
from postroom.interfaces.stores import Stores
from postroom.model.email import EmailId
from postroom.model.execution import (
    Event,
    EventFilter,
    EventKind,
    Execution,
    ExecutionFilter,
    ExecutionId,
    ExecutionStatus,
    Failure,
    FinalState,
)
from postroom.model.workflow import WorkflowSlug

OTHER = WorkflowSlug("other")
KINDS = (EventKind.NODE_STARTED, EventKind.NODE_FAILED, EventKind.NODE_SUCCEEDED, EventKind.NODE_RETRYING)
MILLISECOND = timedelta(milliseconds=1)
EVENT_FILTERS = [
    EventFilter(execution_id=name, workflow=workflow, node_id=node, kinds=kinds, since=since, until=until)
    for name, workflow, node, kinds, (since, until) in product(
        (None, ExecutionId("x2")),
        (None, OTHER),
        (None, "send"),
        ((), (EventKind.NODE_FAILED, EventKind.NODE_RETRYING), (EventKind.NODE_STARTED, EventKind.NODE_FAILED)),
        ((None, None), (at(3), None), (at(2), at(5))),
    )
]
EXECUTION_FILTERS = [
    ExecutionFilter(workflow=workflow, status=status, final_state=state, mailbox_id=mailbox, email_id=email_id)
    for workflow, status, state, mailbox, email_id in product(
        (None, OTHER),
        (None, ExecutionStatus.SUCCEEDED),
        (None, FinalState.ANSWERED),
        (None, SALES),
        (None, EmailId("email 1")),
    )
] + [ExecutionFilter(since=at(5)), ExecutionFilter(workflow=SUPPORT, since=at(3), until=at(9))]


def fits_event(wanted: EventFilter, one: Event) -> bool:
    """Say whether an event is wanted, as the noun promises it."""
    return (
        wanted.execution_id in {None, one.execution_id}
        and wanted.workflow in {None, one.workflow}
        and wanted.node_id in {None, one.node_id}
        and (not wanted.kinds or one.kind in wanted.kinds)
        and (wanted.since is None or one.at >= wanted.since)
        and (wanted.until is None or one.at < wanted.until)
    )


def fits_execution(wanted: ExecutionFilter, one: Execution) -> bool:
    """Say whether an execution is wanted, as the noun promises it."""
    return (
        wanted.workflow in {None, one.workflow}
        and wanted.status in {None, one.status}
        and wanted.final_state in {None, one.final_state}
        and wanted.mailbox_id in {None, one.mailbox_id}
        and wanted.email_id in {None, one.email_id}
        and (wanted.since is None or one.created_at >= wanted.since)
        and (wanted.until is None or one.created_at < wanted.until)
    )


def made_event(number: int, execution_id: str, kind: EventKind) -> Event:
    """Return an event of one of two workflows and two nodes."""
    node = ("send", "ask")[number % 2]
    made = event(execution_id, kind, node=node, attempt=number, minute=number % 7)
    return replace(made, workflow=OTHER if execution_id == "x2" else SUPPORT)


def made_execution(number: int) -> Execution:
    """Return an execution; every two differ in something that filters ask."""
    return replace(
        execution(f"x{number}", minute=number),
        workflow=(SUPPORT, OTHER)[number % 2],
        status=(ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED, ExecutionStatus.QUEUED)[number % 3],
        final_state=(FinalState.ANSWERED, None, FinalState.FAILED, FinalState.ANSWERED)[number % 4],
        mailbox_id=(SHOP, SHOP, SALES)[number % 3],
        email_id=EmailId(f"email {number % 5}"),
    )


class FiltersContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_every_filter_of_events_finds_what_fits_and_nothing_else(self, stores: Stores) -> None:
        names = ("x1", "x2", "x3")
        await stores.executions.record(
            [made_event(number, names[number % 3], kind) for number, kind in product(range(12), KINDS)]
        )
        every = await stores.executions.events()
        assert len(every) == 48
        middle = every[20].cursor
        for wanted in EVENT_FILTERS:
            fitting = tuple(one for one in every if fits_event(wanted, one))
            assert await stores.executions.events(wanted) == fitting
            behind = tuple(one for one in fitting if one.cursor > middle)
            assert await stores.executions.events(wanted, after=middle, limit=3) == behind[:3]
            assert await stores.executions.latest_events(wanted, limit=4) == fitting[-4:]
            below = tuple(one for one in fitting if one.cursor < middle)
            assert await stores.executions.latest_events(wanted, before=middle, limit=4) == below[-4:]
        assert any(fits_event(EVENT_FILTERS[-1], one) for one in every)

    async def test_times_of_a_filter_are_compared_with_those_that_are_stored(self, stores: Stores) -> None:
        moment = at(1) + MILLISECOND
        await stores.executions.record([replace(event("x1", EventKind.NODE_STARTED), at=moment)])
        later = moment + MILLISECOND / 2
        found = [
            len(await stores.executions.events(wanted))
            for wanted in (
                EventFilter(since=moment),
                EventFilter(since=later),
                EventFilter(until=moment),
                EventFilter(until=later),
            )
        ]
        assert found == [1, 0, 0, 1]

    async def test_an_event_keeps_its_workflow(self, stores: Stores) -> None:
        await stores.executions.record([replace(event("x1", EventKind.NODE_STARTED), workflow=OTHER)])
        (found,) = await stores.executions.events(EventFilter(workflow=OTHER))
        assert found.workflow == OTHER

    async def test_what_comes_is_told_as_soon_as_it_is_there_and_nothing_after_the_patience(
        self, stores: Stores
    ) -> None:
        executions = stores.executions
        none = await executions.coming(after=0, every_seconds=0.001, patience_seconds=0.0)
        coming = asyncio.create_task(executions.coming(after=0, every_seconds=0.001, patience_seconds=60.0))
        whole = replace(
            event("x1", EventKind.NODE_FAILED), failure=Failure(code="network", message="No", retryable=True)
        )
        await executions.record([whole, event("x1", EventKind.NODE_STARTED)])
        found = await coming
        assert none == ()
        assert found == await executions.events(limit=len(found))
        assert await executions.coming(after=found[0].cursor, every_seconds=0.001, patience_seconds=60.0, limit=1) == (
            await executions.events(after=found[0].cursor, limit=1)
        )

    async def test_the_newest_cursor_is_that_of_the_newest_event(self, stores: Stores) -> None:
        assert await stores.executions.newest_cursor() == 0
        await stores.executions.record([event("x1", kind, minute=-number) for number, kind in enumerate(KINDS)])
        assert await stores.executions.newest_cursor() == (await stores.executions.events())[-1].cursor

    async def test_every_filter_of_executions_finds_what_fits_newest_first(self, stores: Stores) -> None:
        made = [made_execution(number) for number in range(24)]
        for one in made:
            assert await stores.executions.add(one)
        for wanted in EXECUTION_FILTERS:
            fitting = [one for one in reversed(made) if fits_execution(wanted, one)]
            found: list[Execution] = []
            after = None
            while True:
                page = await stores.executions.list(wanted, after=after, limit=3)
                assert len(page.rows) <= 3
                found += page.rows
                after = page.next_cursor
                if after is None:
                    break
            assert found == fitting

    async def test_executions_are_counted_by_workflow(self, stores: Stores) -> None:
        for number in range(6):
            await stores.executions.add(made_execution(number))
        assert await stores.executions.count(OTHER) == {
            ExecutionStatus.FAILED: 1,
            ExecutionStatus.SUCCEEDED: 1,
            ExecutionStatus.QUEUED: 1,
        }
        assert await stores.executions.count(WorkflowSlug("none")) == {}

    @pytest.mark.parametrize("cursor", [2**63, 2**70])
    async def test_a_cursor_of_events_that_no_store_can_hold_is_refused(self, stores: Stores, cursor: int) -> None:
        with pytest.raises(PostroomError) as caught:
            await stores.executions.events(after=cursor)
        assert not caught.value.retryable
        with pytest.raises(PostroomError):
            await stores.executions.latest_events(before=cursor)
