"""The engine as a whole: joins, failures, retries, waits, control, restarts."""

from datetime import UTC, datetime

from engine.house import House, eventually, make_workflow
from postroom.engine.history import steps
from postroom.model.control import Request, Wish
from postroom.model.execution import (
    EventFilter,
    EventKind,
    Execution,
    ExecutionId,
    ExecutionStatus,
    FinalState,
    StepStatus,
)
from postroom.model.review import Decision, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import JsonValue, WorkflowSlug

NOW = datetime(2026, 1, 6, tzinfo=UTC)
APPROVED = Decision(verdict=Verdict.APPROVE, by="tester", at=NOW, text="yes")


def wish(execution_id: ExecutionId, what: Wish) -> Request:
    return Request(execution_id=execution_id, wish=what, by="tester", at=NOW)


async def statuses(house: House, execution: Execution) -> dict[str, StepStatus]:
    return {
        step.node_id: step.status
        for step in steps(await house.stores.executions.events(EventFilter(execution_id=execution.id)))
    }


async def test_parallel_branches_overlap_and_join_once(house: House) -> None:
    gate: dict[str, JsonValue] = {"gate": "both"}
    workflow = make_workflow(
        {"s": "start", "left": ("read", gate), "right": ("effect", gate), "join": "pure"},
        ["s>left", "s>right", "left>join", "right>join"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        engine.wake()

        async def both_run() -> bool:
            return {"left", "right"} <= set(house.bench.runs)

        await eventually(both_run)
        house.bench.gate("both").set()
        await engine.quiet()
    ended = await house.stores.executions.get(execution.id)
    assert ended.status is ExecutionStatus.SUCCEEDED
    assert house.bench.count("join") == 1


async def test_a_dead_path_is_skipped_and_a_join_runs_with_what_is_alive(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "choice": ("pure", {"output": "other"}), "dead": "read", "alive": "read", "join": "pure"},
        ["s>choice", "choice.main>dead", "choice.other>alive", "dead>join", "alive>join"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    found = await statuses(house, execution)
    assert found["dead"] is StepStatus.SKIPPED
    assert found["join"] is StepStatus.SUCCEEDED
    assert "dead" not in house.bench.runs


async def test_an_unhandled_failure_goes_to_a_person_while_other_branches_finish(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "bad": ("read", {"failures": 99, "permanent": True}), "good": "read", "behind": "pure"},
        ["s>bad", "s>good", "bad>behind"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    ended = await house.stores.executions.get(execution.id)
    assert ended.status is ExecutionStatus.FAILED
    assert ended.final_state is FinalState.FAILED
    found = await statuses(house, execution)
    assert found == {
        "s": StepStatus.SUCCEEDED,
        "bad": StepStatus.FAILED,
        "good": StepStatus.SUCCEEDED,
        "behind": StepStatus.SKIPPED,
    }
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert review.kind is ReviewKind.FAILURE
    assert "bad fails" in review.reason


async def test_a_connected_failed_output_handles_the_failure(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "bad": ("read", {"failures": 99, "permanent": True}), "rescue": "pure"},
        ["s>bad", "bad.failed>rescue"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    assert (await house.stores.executions.get(execution.id)).status is ExecutionStatus.SUCCEEDED
    assert house.bench.count("rescue") == 1
    assert await house.stores.reviews.of_execution(execution.id) == ()


async def test_a_retryable_failure_is_tried_again_and_each_try_is_logged(house: House) -> None:
    workflow = make_workflow({"s": "start", "shaky": ("read", {"failures": 2})}, ["s>shaky"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
    events = [
        each
        for each in await house.stores.executions.events(EventFilter(execution_id=execution.id))
        if each.node_id == "shaky"
    ]
    kinds = [(event.kind, event.attempt) for event in events]
    assert kinds == [
        (EventKind.NODE_STARTED, 1),
        (EventKind.NODE_RETRYING, 1),
        (EventKind.NODE_STARTED, 2),
        (EventKind.NODE_RETRYING, 2),
        (EventKind.NODE_STARTED, 3),
        (EventKind.NODE_SUCCEEDED, 3),
    ]


async def test_a_retry_runs_only_the_failed_node_and_what_follows(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "good": "read", "bad": ("read", {"failures": 1, "permanent": True}), "end": "pure"},
        ["s>good", "good>bad", "bad>end"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        assert (await house.stores.executions.get(execution.id)).status is ExecutionStatus.FAILED
        await house.stores.controls.ask(wish(execution.id, Wish.RETRY))
        ended = await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert ended.run == 2
    assert house.bench.runs == ["s", "good", "bad", "bad", "end"]
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert review.status is ReviewStatus.CLOSED
    step = next(
        each
        for each in steps(await house.stores.executions.events(EventFilter(execution_id=execution.id)))
        if each.node_id == "bad"
    )
    assert (step.status, step.attempt) == (StepStatus.SUCCEEDED, 2)


async def test_approving_a_failure_review_retries(house: House) -> None:
    workflow = make_workflow({"s": "start", "bad": ("read", {"failures": 1, "permanent": True})}, ["s>bad"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        (review,) = await house.stores.reviews.of_execution(execution.id)
        assert await house.stores.reviews.decide(review.id, APPROVED)
        await house.until(execution, ExecutionStatus.SUCCEEDED)


async def test_a_review_parks_the_execution_and_its_decision_continues_it_after_a_restart(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "before": "read", "ask": "ask", "after": "effect"}, ["s>before", "before>ask", "ask>after"]
    )
    async with house.engine() as engine:
        executions = await house.accept(workflow, 5)
        await engine.quiet()
    for execution in executions:
        waiting = await house.stores.executions.get(execution.id)
        assert (waiting.status, waiting.final_state) == (ExecutionStatus.WAITING, FinalState.IN_REVIEW)
        assert await house.stores.reviews.decide(ReviewId(f"{execution.id}/ask"), APPROVED)
    async with house.engine() as engine:
        for execution in executions:
            await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert house.bench.count("before") == 5
    assert house.bench.count("after") == 5
    assert await house.stores.reviews.decided(at=house.services.clock.now()) == ()


async def test_a_pause_takes_effect_at_the_next_border_and_resume_runs_nothing_twice(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "one": ("read", {"gate": "one"}), "two": "effect", "three": "pure"},
        ["s>one", "one>two", "two>three"],
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        engine.wake()
        await house.bench.arrival("one").wait()
        await house.stores.controls.ask(wish(execution.id, Wish.PAUSE))
        await house.wished(engine, execution)
        house.bench.gate("one").set()
        paused = await house.until(execution, ExecutionStatus.PAUSED)
        assert paused.final_state is None
        assert house.bench.runs == ["s", "one"]
        await house.stores.controls.ask(wish(execution.id, Wish.RESUME))
        await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert house.bench.runs == ["s", "one", "two", "three"]


async def test_a_waiting_execution_can_be_paused_resumed_and_decided(house: House) -> None:
    workflow = make_workflow({"s": "start", "ask": "ask", "after": "pure"}, ["s>ask", "ask>after"])
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        await engine.quiet()
        await house.stores.controls.ask(wish(execution.id, Wish.PAUSE))
        await house.until(execution, ExecutionStatus.PAUSED)
        assert await house.stores.reviews.decide(ReviewId(f"{execution.id}/ask"), APPROVED)
        await house.stores.controls.ask(wish(execution.id, Wish.RESUME))
        await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert house.bench.count("after") == 1


async def test_cancel_stops_at_the_next_border_and_closes_the_reviews(house: House) -> None:
    workflow = make_workflow(
        {"s": "start", "ask": "ask", "one": ("read", {"gate": "one"}), "two": "effect"}, ["s>ask", "s>one", "one>two"]
    )
    async with house.engine() as engine:
        (execution,) = await house.accept(workflow)
        engine.wake()
        await house.bench.arrival("one").wait()
        await house.stores.controls.ask(wish(execution.id, Wish.CANCEL))
        await house.wished(engine, execution)
        house.bench.gate("one").set()
        ended = await house.until(execution, ExecutionStatus.CANCELLED)
        await engine.quiet()
    assert ended.final_state is FinalState.CANCELLED
    assert "two" not in house.bench.runs
    (review,) = await house.stores.reviews.of_execution(execution.id)
    assert review.status is ReviewStatus.CLOSED


async def test_a_paused_workflow_stores_mail_and_goes_on_where_it_stopped(house: House) -> None:
    workflow = make_workflow({"s": "start", "one": ("read", {"gate": "one"}), "two": "effect"}, ["s>one", "one>two"])
    async with house.engine() as engine:
        (first,) = await house.accept(workflow)
        engine.wake()
        await house.bench.arrival("one").wait()
        await house.stores.controls.pause_workflow(WorkflowSlug("test"))
        (second,) = await house.accept(workflow)

        async def seen() -> bool:
            engine.wake()
            return WorkflowSlug("test") in engine.paused_workflows

        await eventually(seen)
        house.bench.gate("one").set()
        await house.until(first, ExecutionStatus.QUEUED)
        assert (await house.stores.executions.get(second.id)).status is ExecutionStatus.QUEUED
        assert house.bench.runs == ["s", "one"]
        await house.stores.controls.resume_workflow(WorkflowSlug("test"))
        await house.until(first, ExecutionStatus.SUCCEEDED)
        await house.until(second, ExecutionStatus.SUCCEEDED)
    assert house.bench.runs.count("one") == 2
    assert house.bench.runs.count("two") == 2


async def test_an_execution_keeps_the_version_it_began_with(house: House) -> None:
    first = make_workflow({"s": "start", "ask": "ask", "old": "pure"}, ["s>ask", "ask>old"])
    second = make_workflow({"s": "start", "ask": "ask", "new": "pure"}, ["s>ask", "ask>new"])
    async with house.engine() as engine:
        (early,) = await house.accept(first)
        await engine.quiet()
        (late,) = await house.accept(second)
        await engine.quiet()
        for execution in (early, late):
            assert await house.stores.reviews.decide(ReviewId(f"{execution.id}/ask"), APPROVED)
            await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert (early.version, late.version) == (1, 2)
    assert house.bench.runs.count("old") == house.bench.runs.count("new") == 1


async def test_a_store_that_says_running_where_the_journal_knows_nothing_is_started_again(house: House) -> None:
    workflow = make_workflow({"s": "start", "one": "read"}, ["s>one"])
    (execution,) = await house.accept(workflow)
    running = Execution(
        **{name: getattr(execution, name) for name in Execution.__dataclass_fields__ if name != "status"},
        status=ExecutionStatus.RUNNING,
    )
    assert await house.stores.executions.settle(running, ())
    async with house.engine():
        ended = await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert ended.run == 2
