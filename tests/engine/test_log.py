"""The log of a run: in order, once, and complete at the end."""

from dataclasses import replace
from datetime import UTC, datetime

from engine.house import House, make_workflow
from postroom.engine.log import RunLog
from postroom.model.execution import EventFilter, EventKind, Execution, ExecutionStatus, Failure, Outcome
from postroom.model.workflow import NodeId

NOW = datetime(2026, 1, 6, tzinfo=UTC)
NODE = NodeId("n")


async def accepted(house: House) -> Execution:
    (execution,) = await house.accept(make_workflow({"s": "start"}, []))
    return execution


def tell(log: RunLog, execution: Execution) -> Execution:
    """Log a small run as the engine does."""
    log.begin(replace(execution, status=ExecutionStatus.RUNNING))
    log.started(NODE, 1, at=NOW)
    log.publish()
    log.retrying(NODE, 1, note="again", failure=Failure(code="x", message="x"))
    log.started(NODE, 2, at=NOW)
    log.publish()
    log.ended(NODE, 2, Outcome(output="main", note="done"), at=NOW)
    log.skipped(NodeId("dead"))
    log.execution(EventKind.EXECUTION_SUCCEEDED)
    return replace(execution, status=ExecutionStatus.SUCCEEDED)


async def test_at_the_end_every_event_is_stored_in_order(house: House) -> None:
    execution = await accepted(house)
    log = RunLog(house.stores.executions, house.services.clock, execution)
    assert await log.end(tell(log, execution))
    events = await house.stores.executions.events(EventFilter(execution_id=execution.id))
    assert [(event.node_id, event.attempt, event.kind) for event in events] == [
        ("", 1, EventKind.EXECUTION_QUEUED),
        ("", 1, EventKind.EXECUTION_STARTED),
        ("n", 1, EventKind.NODE_STARTED),
        ("n", 1, EventKind.NODE_RETRYING),
        ("n", 2, EventKind.NODE_STARTED),
        ("n", 2, EventKind.NODE_SUCCEEDED),
        ("dead", 0, EventKind.NODE_SKIPPED),
        ("", 1, EventKind.EXECUTION_SUCCEEDED),
    ]
    assert (await house.stores.executions.get(execution.id)).status is ExecutionStatus.SUCCEEDED


async def test_a_replay_writes_nothing_twice_and_is_told_that_the_run_is_over(house: House) -> None:
    execution = await accepted(house)
    for expected in (True, False):
        log = RunLog(house.stores.executions, house.services.clock, execution)
        assert await log.end(tell(log, execution)) is expected
    assert len(await house.stores.executions.events(EventFilter(execution_id=execution.id))) == 8


async def test_how_a_node_ended_decides_the_kind(house: House) -> None:
    execution = await accepted(house)
    log = RunLog(house.stores.executions, house.services.clock, execution)
    log.ended(NodeId("waits"), 1, Outcome(output="main", waiting_for="review"), at=NOW)
    log.ended(NodeId("fails"), 1, Outcome(output="failed", failure=Failure(code="x", message="x")), at=NOW)
    await log.end(execution)
    events = (await house.stores.executions.events(EventFilter(execution_id=execution.id)))[1:]
    assert [event.kind for event in events] == [EventKind.NODE_WAITING, EventKind.NODE_FAILED]
    assert events[1].failure == Failure(code="x", message="x")
