"""The interpreter: runs the nodes of a graph as they become ready. It knows nothing of journals, clocks or stores."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from postroom.engine.step import NodeRun
from postroom.model.execution import Outcome, Progress
from postroom.model.workflow import NodeId
from postroom.workflows.graph import Graph, frontier


class Effects(Protocol):
    """What the interpreter needs of the world."""

    async def may_start(self, node_id: NodeId) -> bool:
        """Return whether a ready node may start now; one that may not is withheld for the rest of the run."""
        ...

    async def run(self, node_id: NodeId, walk: "Walk") -> NodeRun:
        """Run a node to its outcome, given everything settled so far."""
        ...

    def skipped(self, node_id: NodeId) -> None:
        """Learn that a node lies on a dead path."""
        ...

    def ended(self, node_id: NodeId, run: NodeRun) -> None:
        """Learn how a node ended."""
        ...


@dataclass(slots=True)
class Walk:
    """How far a run got: outcomes of settled and waiting nodes, dead nodes, tries, and nodes that were withheld."""

    outcomes: dict[NodeId, Outcome]
    attempts: dict[NodeId, int]
    skipped: list[NodeId] = field(default_factory=list)
    withheld: list[NodeId] = field(default_factory=list)

    @classmethod
    def resume(cls, progress: Progress | None) -> "Walk":
        """Return the walk that goes on after `progress` (None: from the beginning)."""
        if progress is None:
            return cls(outcomes={}, attempts={})
        return cls(outcomes=dict(progress.outcomes), attempts=dict(progress.attempts))

    def progress(self, previous: Progress | None) -> Progress:
        """Return it as a value."""
        return Progress(
            outcomes=dict(self.outcomes),
            skipped=tuple(self.skipped),
            attempts=dict(self.attempts),
            decisions={} if previous is None else previous.decisions,
        )


async def interpret(graph: Graph, walk: Walk, effects: Effects) -> Walk:
    """Run every node that can run and return how far it got.

    Independent branches overlap. The order in which they end never changes what a node sees: it sees its ancestors.
    """
    running: dict[NodeId, asyncio.Task[NodeRun]] = {}
    try:
        while True:
            ready = await _advance(graph, walk, effects, running)
            if len(ready) == 1 and not running:
                # A chain needs no tasks, and a task per node would cost a tenth of the engine's time.
                _settle(ready[0], await effects.run(ready[0], walk), walk, effects)
                continue
            for node_id in ready:
                running[node_id] = asyncio.create_task(effects.run(node_id, walk))
            if not running:
                return walk
            await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
            for node_id in [each for each in graph.order if each in running and running[each].done()]:
                _settle(node_id, running.pop(node_id).result(), walk, effects)
    finally:
        for task in running.values():
            task.cancel()
        # Nothing of a run that broke may go on behind its back.
        await asyncio.gather(*running.values(), return_exceptions=True)


async def _advance(
    graph: Graph, walk: Walk, effects: Effects, running: Mapping[NodeId, asyncio.Task[NodeRun]]
) -> list[NodeId]:
    found = frontier(graph, walk.outcomes, walk.skipped, (*running, *walk.withheld))
    for node_id in found.dead:
        walk.skipped.append(node_id)
        effects.skipped(node_id)
    ready: list[NodeId] = []
    for node_id in found.ready:
        (ready if await effects.may_start(node_id) else walk.withheld).append(node_id)
    return ready


def _settle(node_id: NodeId, run: NodeRun, walk: Walk, effects: Effects) -> None:
    walk.outcomes[node_id] = run.outcome
    walk.attempts[node_id] = run.attempt
    effects.ended(node_id, run)
