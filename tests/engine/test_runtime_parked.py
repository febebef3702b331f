"""Many executions that wait for people: a restart runs none of them, and decided ones go on."""

import pytest

from engine.house import House, make_workflow
from postroom.model.execution import ExecutionStatus

WORKFLOW = make_workflow(
    {"s": "start", "before": "read", "ask": "ask", "after": "effect"}, ["s>before", "before>ask", "ask>after"]
)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
async def test_a_restart_runs_none_of_many_waiting_executions_and_decided_ones_go_on(house: House, count: int) -> None:
    async with house.engine() as engine:
        executions = await house.accept(WORKFLOW, count)
        engine.wake()
        await engine.quiet()
    assert await house.stores.executions.count() == {ExecutionStatus.WAITING: count}
    before = len(house.bench.runs)
    assert before == 3 * count
    async with house.engine() as engine:
        await engine.quiet()
        assert len(house.bench.runs) == before
        chosen = executions[:: count // 10]
        for execution in chosen:
            await house.decide(execution, "ask")
        engine.wake()
        for execution in chosen:
            await house.until(execution, ExecutionStatus.SUCCEEDED)
    assert sorted(house.bench.runs[before:]) == sorted(["after"] * len(chosen) + ["ask"] * len(chosen))
    waiting = count - len(chosen)
    assert (await house.stores.executions.count())[ExecutionStatus.WAITING] == waiting
