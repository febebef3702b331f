"""What every implementation of `Executions` does."""

from dataclasses import replace

import pytest

from contracts.store_nouns import SUPPORT, arrival, at, decision, event, execution
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.classification import Classification, Label
from postroom.model.execution import (
    EventFilter,
    EventKind,
    ExecutionFilter,
    ExecutionId,
    ExecutionStatus,
    Failure,
    FinalState,
    Outcome,
    Progress,
)
from postroom.model.workflow import NodeId, WorkflowSlug

QUEUED, RUNNING, WAITING = ExecutionStatus.QUEUED, ExecutionStatus.RUNNING, ExecutionStatus.WAITING
SUCCEEDED, PAUSED = ExecutionStatus.SUCCEEDED, ExecutionStatus.PAUSED
STARTED_AND_FAILED = (EventKind.NODE_STARTED, EventKind.NODE_FAILED)


def progress() -> Progress:
    """Return some progress with a bit of everything."""
    label = Label(name="refund", probability=0.5)
    classification = Classification(
        category=label, priority=label, sentiment=label, language=label, classifier="linear 1"
    )
    return Progress(
        outcomes={
            NodeId("classify"): Outcome(output="out", classification=classification),
            NodeId("answer"): Outcome(output="failed", failure=Failure(code="plugin", message="no", retryable=True)),
        },
        skipped=(NodeId("urgent"),),
        attempts={NodeId("classify"): 2},
        decisions={NodeId("ask"): decision("kim")},
    )


class ExecutionsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_execution_is_added_once(self, stores: Stores) -> None:
        first = replace(execution("x1"), progress=progress(), dry_run=True)
        assert await stores.executions.add(first)
        assert not await stores.executions.add(replace(first, version=9))
        assert await stores.executions.get(first.id) == first

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.executions.get(ExecutionId("none"))
        assert caught.value.hint

    async def test_lists_begin_with_the_newest_and_leave_the_progress_out(self, stores: Stores) -> None:
        for minute in range(5):
            await stores.executions.add(replace(execution(f"x{minute}", minute=minute), progress=progress()))
        page = await stores.executions.list(limit=2)
        assert [found.id for found in page.rows] == ["x4", "x3"]
        assert [found.progress for found in page.rows] == [None, None]
        rest = await stores.executions.list(after=page.next_cursor, limit=5)
        assert [found.id for found in rest.rows] == ["x2", "x1", "x0"]
        assert rest.next_cursor is None

    async def test_lists_and_counts_go_by_status(self, stores: Stores) -> None:
        for minute, status in enumerate((QUEUED, SUCCEEDED, QUEUED)):
            await stores.executions.add(execution(f"x{minute}", minute=minute, status=status))
        page = await stores.executions.list(ExecutionFilter(status=QUEUED))
        assert [found.id for found in page.rows] == ["x2", "x0"]
        assert await stores.executions.count() == {QUEUED: 2, SUCCEEDED: 1}

    async def test_queued_gives_the_oldest_of_workflows_that_are_not_paused(self, stores: Stores) -> None:
        for minute in range(4):
            await stores.executions.add(execution(f"x{minute}", minute=minute))
        await stores.executions.add(replace(execution("other", minute=5), workflow=WorkflowSlug("other")))
        await stores.executions.add(execution("busy", minute=6, status=RUNNING))
        assert [found.id for found in await stores.executions.queued(limit=2)] == ["x0", "x1"]
        await stores.controls.pause_workflow(SUPPORT)
        assert [found.id for found in await stores.executions.queued(limit=9)] == ["other"]
        await stores.controls.resume_workflow(SUPPORT)
        assert len(await stores.executions.queued(limit=9)) == 5

    async def test_settling_writes_state_and_events_together(self, stores: Stores) -> None:
        await stores.executions.add(execution("x1"))
        done = replace(
            execution("x1"),
            status=SUCCEEDED,
            final_state=FinalState.ANSWERED,
            progress=progress(),
            updated_at=at(3),
        )
        assert await stores.executions.settle(done, [event("x1", EventKind.EXECUTION_SUCCEEDED)])
        assert await stores.executions.get(done.id) == done
        assert [found.kind for found in await stores.executions.events()] == [EventKind.EXECUTION_SUCCEEDED]

    async def test_settling_in_the_same_run_after_the_end_changes_nothing(self, stores: Stores) -> None:
        await stores.executions.add(execution("x1", status=SUCCEEDED))
        late = execution("x1", status=RUNNING)
        assert not await stores.executions.settle(late, [event("x1", EventKind.EXECUTION_STARTED)])
        assert (await stores.executions.get(late.id)).status is SUCCEEDED
        assert await stores.executions.events() == ()

    async def test_settling_of_an_older_run_changes_nothing(self, stores: Stores) -> None:
        await stores.executions.add(replace(execution("x1"), run=2))
        assert not await stores.executions.settle(execution("x1", status=SUCCEEDED), [])
        assert (await stores.executions.get(ExecutionId("x1"))).run == 2

    async def test_settling_of_a_newer_run_goes_past_the_end_of_an_older(self, stores: Stores) -> None:
        await stores.executions.add(execution("x1", status=SUCCEEDED))
        assert await stores.executions.settle(replace(execution("x1", status=RUNNING), run=2), [])
        assert (await stores.executions.get(ExecutionId("x1"))).run == 2

    async def test_settling_what_is_not_there_is_false(self, stores: Stores) -> None:
        assert not await stores.executions.settle(execution("none"), [event("none", EventKind.NODE_STARTED)])
        assert await stores.executions.events() == ()

    async def test_requeue_succeeds_once(self, stores: Stores) -> None:
        await stores.executions.add(execution("x1", status=WAITING))
        name = ExecutionId("x1")
        assert not await stores.executions.requeue(name, run=2, status=PAUSED)
        assert not await stores.executions.requeue(name, run=3, status=WAITING)
        assert await stores.executions.requeue(name, run=2, status=WAITING)
        assert not await stores.executions.requeue(name, run=2, status=WAITING)
        found = await stores.executions.get(name)
        assert (found.status, found.run) == (QUEUED, 2)

    async def test_an_event_is_written_once_and_its_first_version_stays(self, stores: Stores) -> None:
        first = event("x1", EventKind.NODE_STARTED, node="classify", minute=1)
        await stores.executions.record([first, first])
        await stores.executions.record([replace(first, at=at(9), note="late")])
        await stores.executions.record([])
        (found,) = await stores.executions.events()
        assert found == replace(first, cursor=found.cursor)
        assert found.cursor > 0

    async def test_attempts_and_kinds_make_different_events(self, stores: Stores) -> None:
        kinds = (EventKind.NODE_STARTED, EventKind.NODE_FAILED)
        made = [event("x1", kind, node="n", attempt=attempt) for attempt in (1, 2) for kind in kinds]
        await stores.executions.record(made)
        assert len(await stores.executions.events()) == 4

    async def test_a_failure_of_an_event_comes_back(self, stores: Stores) -> None:
        failure = Failure(code="transient", message="451 later", hint="Wait.", retryable=True)
        failed = replace(event("x1", EventKind.NODE_FAILED, node="send"), failure=failure, note="n", output="failed")
        await stores.executions.record([failed])
        (found,) = await stores.executions.events()
        assert (found.failure, found.note, found.output) == (failure, "n", "failed")

    async def test_events_come_in_order_of_commit_after_a_cursor(self, stores: Stores) -> None:
        for name in ("x1", "x2", "x1"):
            await stores.executions.record(
                [event(name, EventKind.NODE_STARTED, node=f"n{number}") for number in range(3)]
            )
            await stores.executions.record([event(name, EventKind.NODE_FAILED, node="n0", minute=-5)])
        found = await stores.executions.events()
        assert [entry.cursor for entry in found] == sorted(entry.cursor for entry in found)
        assert [entry.execution_id for entry in found] == ["x1"] * 4 + ["x2"] * 4
        assert await stores.executions.events(after=found[2].cursor, limit=3) == found[3:6]
        assert await stores.executions.events(EventFilter(execution_id=ExecutionId("x2"))) == found[4:]
        assert (
            await stores.executions.events(EventFilter(execution_id=ExecutionId("x2")), after=found[5].cursor)
            == found[6:]
        )
        assert await stores.executions.events(after=found[-1].cursor) == ()

    async def test_the_latest_events_come_in_order_of_commit(self, stores: Stores) -> None:
        assert await stores.executions.latest_events() == ()
        for name in ("x1", "x2", "x1"):
            made = [event(name, kind, node="n", attempt=n) for n in (2, 1) for kind in STARTED_AND_FAILED]
            await stores.executions.record([*made, event(name, EventKind.EXECUTION_STARTED, minute=-5)])
        found = await stores.executions.events()
        assert len(found) == 10
        assert await stores.executions.latest_events() == found
        assert await stores.executions.latest_events(limit=3) == found[-3:]
        assert await stores.executions.latest_events(EventFilter(execution_id=ExecutionId("x1")), limit=2) == found[3:5]
        assert await stores.executions.latest_events(EventFilter(execution_id=ExecutionId("x2"))) == found[5:]
        assert await stores.executions.latest_events(EventFilter(execution_id=ExecutionId("x3"))) == ()
        assert await stores.executions.latest_events(limit=0) == ()

    async def test_accepted_mail_is_queued_in_the_order_it_was_accepted(self, stores: Stores) -> None:
        mails = [arrival(n) for n in (1, 2, 3)]
        await stores.ledger.accept(mails)
        assert [found.id for found in await stores.executions.queued(limit=9)] == [m.execution_id for m in mails]
