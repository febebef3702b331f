"""The one durable function: every execution of every workflow runs through it."""

from collections.abc import Awaitable, Callable

from dbos import DBOS

MAX_RECOVERIES = 20
"""An execution that took its process down with it this often is set aside for a person."""

RunOrder = Callable[[str], Awaitable[str]]


class _Bench:
    # DBOS calls the durable function by its name after a crash, so what it works with hangs here, one per process.
    run_order: RunOrder | None = None


def work_with(run_order: RunOrder | None) -> None:
    """Say what runs an order (JSON) to its end (JSON); None: nothing may run."""
    _Bench.run_order = run_order


@DBOS.workflow(name="execute", max_recovery_attempts=MAX_RECOVERIES)
async def execute(order: str) -> str:
    """Run one order to its end; replayed after a crash with the steps that the journal holds."""
    if _Bench.run_order is None:
        raise RuntimeError("An execution was recovered before the engine was ready.")
    return await _Bench.run_order(order)
