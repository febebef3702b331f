"""Slots: which runs of executions this process has begun and not ended."""

import asyncio

from postroom.model.execution import Execution, ExecutionId


def run_id(execution: Execution) -> str:
    """Return the name under which the journal knows this run of an execution."""
    return f"{execution.id}/{execution.run}"


class Slots:
    """Keeps count of what is under way here; `idle` and `room` are set whenever a run has ended."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken: set[ExecutionId] = set()
        self._given: set[str] = set()
        self._running: set[str] = set()
        self.idle = asyncio.Event()
        self.room = asyncio.Event()

    def __len__(self) -> int:
        return len(self._taken)

    def __contains__(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._taken

    @property
    def free(self) -> int:
        """How many more runs may begin; below zero where recovered runs take more than there are."""
        return self._size - len(self._taken)

    @property
    def given(self) -> int:
        """How many runs were begun from the queue."""
        return len(self._given)

    def has_begun(self, execution: Execution) -> bool:
        """Return whether this run was begun from the queue here."""
        return run_id(execution) in self._given

    def under_way(self) -> frozenset[ExecutionId]:
        """Return the executions that are under way here."""
        return frozenset(self._taken)

    def give(self, execution: Execution) -> None:
        """Note that a run is begun from the queue."""
        self._taken.add(execution.id)
        self._given.add(run_id(execution))

    def enter(self, execution: Execution) -> bool:
        """Note that a run is running, and return whether it was recovered: nobody began it here."""
        self._taken.add(execution.id)
        self._running.add(run_id(execution))
        return not self.has_begun(execution)

    def give_back(self, execution: Execution) -> None:
        """Note that beginning a run changed nothing, because the journal had it already; it may still be running."""
        self._given.discard(run_id(execution))
        if run_id(execution) not in self._running:
            self._taken.discard(execution.id)

    def leave(self, execution: Execution) -> None:
        """Note that a run has ended."""
        self._taken.discard(execution.id)
        self._running.discard(run_id(execution))
        self._given.discard(run_id(execution))
        self.idle.set()
        self.room.set()
