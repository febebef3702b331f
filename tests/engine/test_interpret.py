"""The interpreter without a journal: whatever order branches end in, each node sees the same."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.house import make_workflow
from postroom.engine.interpret import Walk, interpret
from postroom.engine.step import NodeRun
from postroom.model.execution import Outcome, Progress
from postroom.model.workflow import Edge, Node, NodeId, Workflow, WorkflowSlug
from postroom.workflows.graph import Graph, compile_graph

NOW = datetime(2026, 1, 6, tzinfo=UTC)
DIAMOND = compile_graph(
    make_workflow(
        {"s": "start", "left": "pure", "right": "pure", "join": "pure"},
        ["s>left", "s>right", "left>join", "right>join"],
    )
)


@dataclass
class InMemory:
    """Effects in memory. A node's note is made of its ancestors' notes; `chance` says which branch ends first."""

    graph: Graph
    chance: random.Random
    barred: frozenset[NodeId] = frozenset()
    broken: frozenset[NodeId] = frozenset()
    outputs: tuple[str, ...] = ("main", "other")
    runs: list[NodeId] = field(default_factory=list)
    ends: list[NodeId] = field(default_factory=list)
    dead: list[NodeId] = field(default_factory=list)
    cut_off: list[NodeId] = field(default_factory=list)

    async def may_start(self, node_id: NodeId) -> bool:
        return node_id not in self.barred

    async def run(self, node_id: NodeId, walk: Walk) -> NodeRun:
        self.runs.append(node_id)
        seen = "".join(walk.outcomes[each].note for each in self.graph.ancestors[node_id] if each in walk.outcomes)
        try:
            for _ in range(self.chance.randrange(6)):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cut_off.append(node_id)
            raise
        if node_id in self.broken:
            raise RuntimeError(f"{node_id} is broken")
        # Fixed by the node alone, as a real node's output is by what it sees.
        output = random.Random(f"{node_id}").choice(self.outputs)
        outcome = Outcome(output=output, note=f"{node_id}({len(seen)}:{hash(seen)})")
        attempt = walk.attempts.get(node_id, 0) + 1
        return NodeRun(outcome=outcome, attempt=attempt, started_at=NOW, finished_at=NOW)

    def skipped(self, node_id: NodeId) -> None:
        self.dead.append(node_id)

    def ended(self, node_id: NodeId, run: NodeRun) -> None:
        self.ends.append(node_id)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 10))
    edges = [
        Edge(source=NodeId(f"n{low}"), output=output, target=NodeId(f"n{high}"))
        for high in range(1, count)
        for low in range(high)
        for output in draw(st.sampled_from([(), (), ("main",), ("other",), ("main", "other")]))
    ]
    nodes = tuple(Node(id=NodeId(f"n{number}"), type="pure") for number in range(count))
    return compile_graph(Workflow(slug=WorkflowSlug("random"), title="", nodes=nodes, edges=tuple(edges)))


@settings(max_examples=150, deadline=None)
@given(graph=graphs(), first=st.integers(0, 10**6), second=st.integers(0, 10**6))
def test_the_order_in_which_branches_end_changes_nothing(graph: Graph, first: int, second: int) -> None:
    walks = []
    for seed in (first, second):
        effects = InMemory(graph, random.Random(seed))
        walk = asyncio.run(interpret(graph, Walk.resume(None), effects))
        assert sorted(effects.runs) == sorted(effects.ends) == sorted(walk.outcomes)
        assert sorted((*effects.ends, *effects.dead)) == sorted(graph.order)
        walks.append(walk)
    assert walks[0].outcomes == walks[1].outcomes
    assert walks[0].attempts == walks[1].attempts
    assert sorted(walks[0].skipped) == sorted(walks[1].skipped)


@settings(max_examples=100, deadline=None)
@given(graph=graphs(), data=st.data())
def test_what_was_held_back_goes_on_later_to_the_same_end(graph: Graph, data: st.DataObject) -> None:
    barred = data.draw(st.frozensets(st.sampled_from(graph.order)))
    held = InMemory(graph, random.Random(1), barred=barred)
    first = asyncio.run(interpret(graph, Walk.resume(None), held))
    assert not barred & {*held.runs}
    rest = InMemory(graph, random.Random(2))
    second = asyncio.run(interpret(graph, Walk.resume(first.progress(None)), rest))
    straight = asyncio.run(interpret(graph, Walk.resume(None), InMemory(graph, random.Random(3))))
    assert second.outcomes == straight.outcomes
    assert not {*held.runs} & {*rest.runs}


async def test_independent_branches_overlap() -> None:
    effects = InMemory(DIAMOND, random.Random(3), outputs=("main",))
    await interpret(DIAMOND, Walk.resume(None), effects)
    assert {*effects.runs[1:3]} == {"left", "right"}
    assert effects.ends[0] == "s"


async def test_a_waiting_branch_holds_up_the_join_but_not_its_neighbour() -> None:
    class Waiting(InMemory):
        async def run(self, node_id: NodeId, walk: Walk) -> NodeRun:
            self.runs.append(node_id)
            waits = "review" if node_id == "left" else None
            outcome = Outcome(output="main", waiting_for=waits)
            return NodeRun(outcome=outcome, attempt=1, started_at=NOW, finished_at=NOW)

    effects = Waiting(DIAMOND, random.Random(0))
    walk = await interpret(DIAMOND, Walk.resume(None), effects)
    assert sorted(effects.runs) == ["left", "right", "s"]
    assert walk.outcomes[NodeId("left")].waiting_for == "review"


async def test_when_one_branch_breaks_the_others_are_cut_off_before_the_run_ends() -> None:
    wide = compile_graph(make_workflow({"s": "start", "a": "pure", "b": "pure", "c": "pure"}, ["s>a", "s>b", "s>c"]))
    for seed in range(20):
        effects = InMemory(wide, random.Random(seed), broken=frozenset({NodeId("a")}), outputs=("main",))
        with pytest.raises(RuntimeError, match="a is broken"):
            await interpret(wide, Walk.resume(None), effects)
        # None of them is still on its way when the caller hears of it.
        assert asyncio.all_tasks() == {asyncio.current_task()}


def test_progress_keeps_what_was_settled_and_finds_dead_paths_anew() -> None:
    walk = Walk(outcomes={NodeId("s"): Outcome(output="main")}, attempts={NodeId("s"): 2}, skipped=[NodeId("x")])
    progress = walk.progress(None)
    assert progress == Progress(
        outcomes={NodeId("s"): Outcome(output="main")}, skipped=(NodeId("x"),), attempts={NodeId("s"): 2}, decisions={}
    )
    resumed = Walk.resume(progress)
    assert (resumed.outcomes, resumed.attempts, resumed.skipped) == (walk.outcomes, walk.attempts, [])
