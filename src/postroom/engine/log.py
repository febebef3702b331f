"""The log of one durable run: its events on their way into the store."""

import asyncio
from datetime import datetime

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores.executions import Executions
from postroom.model.execution import Event, EventKind, Execution, Failure, Outcome
from postroom.model.workflow import NodeId


class RunLog:
    """Collects the events of one run in order, publishes them as it goes, and ends with all of them stored.

    On replay the same events are written again and change nothing, because their keys are the same.
    """

    def __init__(self, executions: Executions, clock: Clock, execution: Execution) -> None:
        self._executions = executions
        self._clock = clock
        self._execution = execution
        self._pending: list[Event] = []
        self._writes: set[asyncio.Task[None]] = set()
        self._first: asyncio.Task[bool] | None = None

    def begin(self, execution: Execution) -> None:
        """Store that the run has begun."""
        event = self._event("", execution.run, EventKind.EXECUTION_STARTED)
        self._first = asyncio.ensure_future(self._executions.settle(execution, (event,)))

    def execution(self, kind: EventKind, *, note: str = "", failure: Failure | None = None) -> None:
        """Add an event of the whole execution."""
        self._pending.append(self._event("", self._execution.run, kind, note=note, failure=failure))

    def started(self, node_id: NodeId, attempt: int, *, at: datetime | None = None) -> None:
        """Add that a node started."""
        self._pending.append(self._event(node_id, attempt, EventKind.NODE_STARTED, at=at))

    def retrying(self, node_id: NodeId, attempt: int, *, note: str, failure: Failure) -> None:
        """Add that a try failed and another follows."""
        self._pending.append(self._event(node_id, attempt, EventKind.NODE_RETRYING, note=note, failure=failure))

    def skipped(self, node_id: NodeId) -> None:
        """Add that a node lies on a dead path."""
        self._pending.append(self._event(node_id, 0, EventKind.NODE_SKIPPED))

    def ended(self, node_id: NodeId, attempt: int, outcome: Outcome, *, at: datetime) -> None:
        """Add how a node ended."""
        if outcome.waiting_for is not None:
            kind = EventKind.NODE_WAITING
        elif outcome.failure is not None:
            kind = EventKind.NODE_FAILED
        else:
            kind = EventKind.NODE_SUCCEEDED
        event = self._event(
            node_id, attempt, kind, at=at, note=outcome.note, output=outcome.output, failure=outcome.failure
        )
        self._pending.append(event)

    def publish(self) -> None:
        """Send what was collected on its way; returns at once."""
        if self._pending:
            write = asyncio.ensure_future(self._executions.record(tuple(self._pending)))
            self._pending.clear()
            self._writes.add(write)

    async def end(self, execution: Execution) -> bool:
        """Store all events and, with the last of them, how the run ended; False where a newer run took over.

        Raises:
            StoreError: something could not be stored; the engine then queues the run again.
        """
        if self._first is not None:
            await self._first
        for write in self._writes:
            await write
        self._writes.clear()
        return await self._executions.settle(execution, tuple(self._pending))

    def _event(  # noqa: PLR0913 - the fields of an event.
        self,
        node_id: str,
        attempt: int,
        kind: EventKind,
        *,
        at: datetime | None = None,
        note: str = "",
        output: str = "",
        failure: Failure | None = None,
    ) -> Event:
        return Event(
            execution_id=self._execution.id,
            node_id=node_id,
            attempt=attempt,
            kind=kind,
            at=at or self._clock.now(),
            note=note,
            output=output,
            failure=failure,
            workflow=self._execution.workflow,
        )
