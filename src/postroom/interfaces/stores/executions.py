"""Executions and their events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.execution import (
    EVERY_EVENT,
    EVERY_EXECUTION,
    Event,
    EventFilter,
    Execution,
    ExecutionFilter,
    ExecutionId,
    ExecutionStatus,
    Pace,
)
from postroom.model.page import Page
from postroom.model.workflow import WorkflowSlug


class Executions(Protocol):
    """Keeps where each execution stands and everything that happened to it."""

    async def add(self, execution: Execution) -> bool:
        """Store a new execution; False where its id is taken (nothing changes then)."""
        ...

    async def get(self, execution_id: ExecutionId) -> Execution:
        """Return one execution.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(
        self, wanted: ExecutionFilter = EVERY_EXECUTION, *, after: str | None = None, limit: int = 50
    ) -> Page[Execution]:
        """Return executions without their progress, newest first."""
        ...

    async def count(self, workflow: WorkflowSlug | None = None) -> dict[ExecutionStatus, int]:
        """Return how many executions, of one workflow or of all, there are in each status (absent: none)."""
        ...

    async def queued(self, *, limit: int) -> tuple[Execution, ...]:
        """Return executions with status `queued` of workflows that are not paused, oldest first."""
        ...

    async def settle(self, execution: Execution, events: Sequence[Event]) -> bool:
        """Write status, run, final state and progress together with `events`.

        Only where the stored run is not newer and, in the same run, the stored status is not settled (then: False).
        """
        ...

    async def requeue(self, execution_id: ExecutionId, *, run: int, status: ExecutionStatus) -> bool:
        """Compare-and-set: from `status` in `run - 1` to `queued` in `run`; False where it is not so (any more)."""
        ...

    async def record(self, events: Sequence[Event]) -> None:
        """Append events; one whose (execution, node, attempt, kind) is stored already changes nothing."""
        ...

    async def events(self, wanted: EventFilter = EVERY_EVENT, *, after: int = 0, limit: int = 500) -> tuple[Event, ...]:
        """Return events with a cursor above `after`, in order of commit: none can appear later below one returned."""
        ...

    async def coming(
        self, *, after: int, every_seconds: float, patience_seconds: float, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a cursor above `after` as soon as there are any, whichever process wrote them.

        It is looked `every_seconds`, first after that long. () says that none came within `patience_seconds`.
        """
        ...

    async def latest_events(
        self, wanted: EventFilter = EVERY_EVENT, *, before: int | None = None, limit: int = 200
    ) -> tuple[Event, ...]:
        """Return the newest `limit` events with a cursor below `before`, in order of commit (the newest last)."""
        ...

    async def pace(self, workflow: WorkflowSlug, *, since: datetime) -> Pace:
        """Return how many executions of a workflow have begun and ended since then."""
        ...

    async def newest_cursor(self) -> int:
        """Return the cursor of the newest event, 0 without any."""
        ...
