"""One node run: tries, waits and time-outs; it ends in an outcome, never in an exception."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from postroom.engine.plan import PlannedNode
from postroom.errors import PostroomError
from postroom.interfaces.node import NodeContext
from postroom.model.execution import FAILED_OUTPUT, HOLD, Failure, Outcome
from postroom.model.workflow import NodeId, RetryPolicy

log = structlog.get_logger()


LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRun:
    """How a node ended, in which attempt and when (UTC); this is what the journal keeps."""

    outcome: Outcome
    attempt: int
    started_at: datetime
    finished_at: datetime


class TryLog(Protocol):
    """What hears of the tries of a node: the log of a durable run, or nobody."""

    def started(self, node_id: NodeId, attempt: int, *, at: datetime | None = None) -> None:
        """Add that a node started."""
        ...

    def retrying(self, node_id: NodeId, attempt: int, *, note: str, failure: Failure) -> None:
        """Add that a try failed and another follows."""
        ...

    def publish(self) -> None:
        """Send what was added on its way; returns at once."""
        ...


def wait_seconds(policy: RetryPolicy, failed_attempts: int, chance: float) -> float:
    """Return how long to wait after `failed_attempts` (from 1): exponential, capped, shortened by `chance` (0..1)."""
    try:
        full: float = policy.interval_seconds * policy.factor ** (failed_attempts - 1)
    except OverflowError:
        full = policy.max_interval_seconds
    return min(full, policy.max_interval_seconds) * (1 - policy.jitter * chance)


async def run_node(node: PlannedNode, context: NodeContext, events: TryLog, held: Callable[[], bool]) -> NodeRun:
    """Run a node until it succeeds, waits, or has failed for good.

    `context.attempt` is the number of the first try; retryable errors (time-outs and `PostroomError.retryable`) are
    tried again by the node's policy. Between two tries `held` may stop it: its outcome then waits for `HOLD`.
    """
    clock = context.services.clock
    last = context.attempt + node.retry.max_attempts - 1
    attempt = context.attempt
    while True:
        started_at = clock.now()
        if node.effect.journalled:
            events.started(node.id, attempt, at=started_at)
            events.publish()
        outcome = await _try(node, replace(context, attempt=attempt))
        failure = outcome.failure
        if failure is None or not failure.retryable or attempt >= last:
            return NodeRun(outcome=outcome, attempt=attempt, started_at=started_at, finished_at=clock.now())
        events.started(node.id, attempt, at=started_at)
        pause = wait_seconds(node.retry, attempt - context.attempt + 1, random.random())
        events.retrying(node.id, attempt, note=f"again in {pause:.1f} s", failure=failure)
        events.publish()
        if await _held_while(pause, held):
            waiting = replace(outcome, waiting_for=HOLD, note="stopped between two tries")
            return NodeRun(outcome=waiting, attempt=attempt, started_at=started_at, finished_at=clock.now())
        attempt += 1


async def _held_while(seconds: float, held: Callable[[], bool]) -> bool:
    """Sleep, and return True as soon as the execution is held."""
    while seconds > 0 and not held():
        await asyncio.sleep(min(seconds, LOOK_SECONDS))
        seconds -= LOOK_SECONDS
    return held()


async def _try(node: PlannedNode, context: NodeContext) -> Outcome:
    limit = asyncio.timeout(node.retry.timeout_seconds)
    try:
        async with limit:
            outcome = await node.body(context)
    except PostroomError as error:
        return _failed(Failure(code=error.code, message=error.message, hint=error.hint, retryable=error.retryable))
    except TimeoutError:
        late = f"did not end within {node.retry.timeout_seconds:g} s"
        message = f"Node {node.id!r} {late if limit.expired() else 'waited too long for something'}."
        return _failed(Failure(code="timeout", message=message, retryable=True))
    except Exception as error:
        log.exception("node_broke", execution=context.execution_id, node=node.id, hint="Report this as a bug.")
        message = f"Node {node.id!r} broke: {type(error).__name__}."
        return _failed(Failure(code="unexpected", message=message, hint="The process log has the details."))
    if outcome.output not in node.outputs:
        message = f"Node {node.id!r} gave the output {outcome.output!r}, which its type does not declare."
        return _failed(Failure(code="unexpected", message=message, hint="Correct the node's code."))
    return outcome


def _failed(failure: Failure) -> Outcome:
    return Outcome(output=FAILED_OUTPUT, failure=failure)
