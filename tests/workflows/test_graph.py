"""The compiled graph: order, joins, dead paths, ancestors; also over random graphs."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.house import make_workflow
from postroom.model.execution import Failure, Outcome
from postroom.model.workflow import Edge, Node, NodeId, Workflow, WorkflowSlug
from postroom.workflows.graph import compile_graph, frontier, is_active, topological_order

MAIN = Outcome(output="main")
DIAMOND = make_workflow(
    {"s": "start", "left": "pure", "right": "pure", "join": "pure"}, ["s>left", "s>right", "left>join", "right>join"]
)


def ids(*names: str) -> tuple[NodeId, ...]:
    return tuple(NodeId(name) for name in names)


def done(**outputs: str) -> dict[NodeId, Outcome]:
    return {NodeId(name): Outcome(output=output) for name, output in outputs.items()}


def test_each_node_comes_after_its_sources_and_ties_keep_the_order_of_the_workflow() -> None:
    workflow = make_workflow({"z": "pure", "s": "start", "b": "pure", "a": "pure"}, ["s>b", "s>a", "a>z", "b>z"])
    assert topological_order(workflow) == ids("s", "b", "a", "z")


def test_nodes_on_or_behind_a_cycle_have_no_place_in_the_order() -> None:
    workflow = make_workflow({"s": "start", "a": "pure", "b": "pure", "end": "pure"}, ["s>a", "a>b", "b>a", "b>end"])
    assert topological_order(workflow) == ids("s")
    with pytest.raises(ValueError, match="cycle"):
        compile_graph(workflow)


def test_the_ancestors_are_all_nodes_above_in_topological_order() -> None:
    graph = compile_graph(DIAMOND)
    assert graph.ancestors[NodeId("join")] == ids("s", "left", "right")
    assert graph.ancestors[NodeId("left")] == ids("s")
    assert graph.ancestors[NodeId("s")] == ()


def test_a_join_waits_for_every_edge_to_be_settled() -> None:
    graph = compile_graph(DIAMOND)
    assert frontier(graph, {}, (), ()).ready == ids("s")
    assert frontier(graph, done(s="main"), (), ()).ready == ids("left", "right")
    assert frontier(graph, done(s="main", left="main"), (), ids("right")).ready == ()
    assert frontier(graph, done(s="main", left="main", right="main"), (), ()).ready == ids("join")


def test_a_join_runs_when_one_edge_is_active_and_the_others_are_dead() -> None:
    graph = compile_graph(DIAMOND)
    found = frontier(graph, done(s="main", left="other", right="main"), (), ())
    assert (found.ready, found.dead) == (ids("join"), ())


def test_death_spreads_along_a_path_in_one_look() -> None:
    workflow = make_workflow({"s": "start", "a": "pure", "b": "pure", "c": "pure"}, ["s.other>a", "a>b", "b>c"])
    found = frontier(compile_graph(workflow), done(s="main"), (), ())
    assert (found.ready, found.dead) == ((), ids("a", "b", "c"))


def test_an_outcome_that_waits_settles_nothing() -> None:
    graph = compile_graph(DIAMOND)
    waiting = {**done(s="main", right="main"), NodeId("left"): Outcome(output="main", waiting_for="review")}
    found = frontier(graph, waiting, (), ())
    assert (found.ready, found.dead) == ((), ())
    assert not is_active(Edge(source=NodeId("left"), output="main", target=NodeId("join")), waiting)


def test_a_failure_is_handled_only_where_an_edge_leaves_failed() -> None:
    workflow = make_workflow({"s": "start", "bad": "pure", "rescue": "pure"}, ["s>bad", "bad.failed>rescue"])
    graph = compile_graph(workflow)
    assert graph.handles_failure(NodeId("bad"))
    assert not graph.handles_failure(NodeId("s"))
    failed = {**done(s="main"), NodeId("bad"): Outcome(output="failed", failure=Failure(code="x", message="x"))}
    assert frontier(graph, failed, (), ()).ready == ids("rescue")


@st.composite
def dags(draw: st.DrawFn) -> Workflow:
    """A random graph without cycles, its nodes listed in any order, with edges on either of two outputs."""
    count = draw(st.integers(1, 9))
    edges = [
        Edge(source=NodeId(f"n{low}"), output=output, target=NodeId(f"n{high}"))
        for high in range(1, count)
        for low in range(high)
        for output in draw(st.sampled_from([(), (), ("main",), ("other",), ("main", "other")]))
    ]
    nodes = draw(st.permutations([Node(id=NodeId(f"n{number}"), type="pure") for number in range(count)]))
    return Workflow(slug=WorkflowSlug("random"), title="", nodes=tuple(nodes), edges=tuple(edges))


def sources_of(workflow: Workflow) -> Mapping[NodeId, set[NodeId]]:
    return {node.id: {edge.source for edge in workflow.edges if edge.target == node.id} for node in workflow.nodes}


@settings(max_examples=150, deadline=None)
@given(workflow=dags(), seed=st.integers(0, 10**6))
def test_in_any_graph_each_node_ends_once_and_never_before_its_sources(workflow: Workflow, seed: int) -> None:
    chance = random.Random(seed)
    graph, sources = compile_graph(workflow), sources_of(workflow)
    outcomes: dict[NodeId, Outcome] = {}
    skipped: list[NodeId] = []
    under_way: list[NodeId] = []
    ended: list[NodeId] = []
    while True:
        found = frontier(graph, outcomes, skipped, under_way)
        for node_id in (*found.dead, *found.ready):
            assert sources[node_id] <= {*ended, *found.dead}
        skipped.extend(found.dead)
        ended.extend(found.dead)
        under_way.extend(found.ready)
        if not under_way:
            break
        node_id = under_way.pop(chance.randrange(len(under_way)))
        outcomes[node_id] = Outcome(output=chance.choice(["main", "other"]))
        ended.append(node_id)
    assert sorted(ended) == sorted(node.id for node in workflow.nodes)
    for node_id in ended:
        alive = not sources[node_id] or any(is_active(edge, outcomes) for edge in graph.incoming[node_id])
        assert alive == (node_id in outcomes)


@settings(max_examples=100, deadline=None)
@given(workflow=dags())
def test_in_any_graph_the_ancestors_are_what_can_reach_the_node(workflow: Workflow) -> None:
    graph, sources = compile_graph(workflow), sources_of(workflow)
    for node in workflow.nodes:
        above: set[NodeId] = set()
        waiting = list(sources[node.id])
        while waiting:
            found = waiting.pop()
            above.add(found)
            waiting.extend(sources[found] - above)
        assert set(graph.ancestors[node.id]) == above
        assert list(graph.ancestors[node.id]) == [each for each in graph.order if each in above]
