"""One node run: tries, waits, time-outs, and every error as a value."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.house import House, make_workflow
from postroom.engine.log import RunLog
from postroom.engine.plan import PlannedNode
from postroom.engine.step import NodeRun, run_node, wait_seconds
from postroom.errors import ConfigurationError, StoreError, TransientError
from postroom.interfaces.node import Effect, NodeContext
from postroom.model.execution import HOLD, EventKind, Outcome
from postroom.model.workflow import NodeId, RetryPolicy

QUICK = RetryPolicy(max_attempts=3, interval_seconds=0, timeout_seconds=30)


@pytest.mark.parametrize(("failed", "seconds"), [(1, 2), (2, 6), (3, 18), (4, 50), (5, 50), (1000, 50)])
def test_the_wait_grows_exponentially_up_to_its_cap(failed: int, seconds: float) -> None:
    policy = RetryPolicy(interval_seconds=2, factor=3, max_interval_seconds=50, jitter=0.5)
    assert wait_seconds(policy, failed, 0) == seconds
    assert wait_seconds(policy, failed, 1) == seconds / 2


@given(
    interval=st.floats(0, 1e6),
    factor=st.floats(1, 1e300),
    cap=st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    failed=st.integers(1, 100),
    chance=st.floats(0, 1),
)
def test_every_wait_lies_between_nothing_and_the_cap(
    interval: float, factor: float, cap: float, jitter: float, failed: int, chance: float
) -> None:
    policy = RetryPolicy(interval_seconds=interval, factor=factor, max_interval_seconds=cap, jitter=jitter)
    found = wait_seconds(policy, failed, chance)
    assert 0 <= found <= cap
    assert found >= wait_seconds(policy, failed, 0) * (1 - jitter) * (1 - 1e-9)


async def run(
    house: House,
    body: Callable[[NodeContext], Awaitable[Outcome]],
    *,
    retry: RetryPolicy = QUICK,
    attempt: int = 1,
    held: Callable[[], bool] = lambda: False,
) -> NodeRun:
    """Run a node with this body in a real execution that no engine touches, and store its events."""
    (execution,) = await house.accept(make_workflow({"s": "start"}, []))
    context = NodeContext(
        execution_id=execution.id,
        workflow=execution.workflow,
        version=1,
        node_id=NodeId("n"),
        attempt=attempt,
        dry_run=False,
        mailbox=house.services.mailboxes["main"],
        stored=await house.stores.emails.get(execution.email_id),
        services=house.services,
    )
    planned = PlannedNode(
        id=NodeId("n"),
        type="test",
        effect=Effect.READ,
        outputs=frozenset({"main", "failed"}),
        retry=retry,
        body=body,
    )
    log = RunLog(house.stores.executions, house.services.clock, execution)
    found = await run_node(planned, context, log, held)
    await log.end(execution)
    return found


async def test_a_retryable_failure_is_tried_until_it_succeeds_and_each_try_knows_its_number(house: House) -> None:
    tries: list[int] = []

    async def body(context: NodeContext) -> Outcome:
        tries.append(context.attempt)
        if len(tries) < 3:
            raise TransientError("not yet")
        return Outcome(output="main")

    found = await run(house, body, attempt=4)
    assert (found.outcome.output, found.attempt, tries) == ("main", 6, [4, 5, 6])
    kinds = [each.kind for each in await house.stores.executions.events() if each.node_id == "n"]
    # Each retry is announced; the end of the last try is the interpreter's to log.
    assert kinds == [
        EventKind.NODE_STARTED, EventKind.NODE_RETRYING,
        EventKind.NODE_STARTED, EventKind.NODE_RETRYING,
        EventKind.NODE_STARTED,
    ]  # fmt: skip


async def test_a_held_execution_gets_no_further_try(house: House) -> None:
    tries: list[int] = []

    async def body(context: NodeContext) -> Outcome:
        tries.append(context.attempt)
        raise TransientError("not yet")

    # Far longer than the test may take: it must be woken from its wait.
    patient = RetryPolicy(max_attempts=5, interval_seconds=600, max_interval_seconds=600, jitter=0)
    found = await run(house, body, retry=patient, held=lambda: bool(tries))
    assert tries == [1]
    assert found.outcome.waiting_for == HOLD


async def test_after_the_last_try_the_failure_is_a_value(house: House) -> None:
    async def body(_: NodeContext) -> Outcome:
        raise StoreError("the disk is full", hint="make room")

    found = await run(house, body)
    failure = found.outcome.failure
    assert failure is not None
    assert (found.outcome.output, found.attempt) == ("failed", 3)
    assert (failure.code, failure.message, failure.hint) == ("store", "the disk is full", "make room")
    assert failure.retryable


async def test_what_waiting_cannot_mend_is_tried_once(house: House) -> None:
    async def body(_: NodeContext) -> Outcome:
        raise ConfigurationError("wrong", hint="change it")

    found = await run(house, body)
    assert found.attempt == 1
    assert found.outcome.failure is not None
    assert found.outcome.failure.code == "configuration"


async def test_a_time_out_is_a_retryable_failure_and_cuts_the_node_off(house: House) -> None:
    cut_off: list[int] = []

    async def body(context: NodeContext) -> Outcome:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off.append(context.attempt)
            raise
        return Outcome(output="main")

    found = await run(house, body, retry=RetryPolicy(max_attempts=2, interval_seconds=0, timeout_seconds=0.01))
    failure = found.outcome.failure
    assert failure is not None
    assert (failure.code, failure.retryable, found.attempt, cut_off) == ("timeout", True, 2, [1, 2])
    assert "did not end within 0.01 s" in failure.message


async def test_a_time_out_inside_the_node_is_not_called_the_nodes_own(house: House) -> None:
    async def body(_: NodeContext) -> Outcome:
        raise TimeoutError

    failure = (await run(house, body)).outcome.failure
    assert failure is not None
    assert failure.code == "timeout"
    assert "did not end" not in failure.message


async def test_an_undeclared_output_is_a_failure_for_good(house: House) -> None:
    async def body(_: NodeContext) -> Outcome:
        return Outcome(output="sideways")

    found = await run(house, body)
    assert found.attempt == 1
    assert found.outcome.failure is not None
    assert "'sideways', which its type does not declare" in found.outcome.failure.message


async def test_an_unexpected_exception_is_a_failure_that_names_its_kind_but_not_its_text(house: House) -> None:
    async def body(_: NodeContext) -> Outcome:
        raise ZeroDivisionError("the customer's secret words")

    found = await run(house, body)
    failure = found.outcome.failure
    assert failure is not None
    assert (found.attempt, failure.code, failure.retryable) == (1, "unexpected", False)
    assert "ZeroDivisionError" in failure.message
    assert "secret" not in failure.message + failure.hint


async def test_being_cancelled_is_not_swallowed(house: House, tmp_path: Path) -> None:
    entered = asyncio.Event()

    async def body(_: NodeContext) -> Outcome:
        entered.set()
        await asyncio.Event().wait()
        return Outcome(output="main")

    task = asyncio.create_task(run(house, body))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_a_try_has_done_the_next_one_of_the_run_finds(house: House) -> None:
    found: list[set[str]] = []

    async def body(context: NodeContext) -> Outcome:
        found.append(set(context.done))
        context.done.add(f"try {context.attempt}")
        if context.attempt < 3:
            raise TransientError("busy")
        return Outcome(output="main")

    await run(house, body)
    assert found == [set(), {"try 1"}, {"try 1", "try 2"}]
    found.clear()
    await run(house, body, attempt=3)
    assert found == [set()]
