"""The compiled graph of a workflow, and which of its nodes may run next. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from postroom.model.execution import FAILED_OUTPUT, Outcome
from postroom.model.workflow import Edge, Node, NodeId, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A workflow without cycles, its nodes in topological order (ties by their order in the workflow)."""

    nodes: Mapping[NodeId, Node]
    order: tuple[NodeId, ...]
    incoming: Mapping[NodeId, tuple[Edge, ...]]
    ancestors: Mapping[NodeId, tuple[NodeId, ...]]
    outputs: Mapping[NodeId, frozenset[str]]

    def handles_failure(self, node_id: NodeId) -> bool:
        """Return whether an edge leaves the output `failed` of this node."""
        return FAILED_OUTPUT in self.outputs[node_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Nodes that may run now and nodes that never will, both in topological order."""

    ready: tuple[NodeId, ...]
    dead: tuple[NodeId, ...]


def compile_graph(workflow: Workflow) -> Graph:
    """Return the graph of a valid workflow.

    Raises:
        ValueError: it has a cycle (validate first).
    """
    incoming: dict[NodeId, list[Edge]] = {node.id: [] for node in workflow.nodes}
    outputs: dict[NodeId, set[str]] = {node.id: set() for node in workflow.nodes}
    for edge in workflow.edges:
        incoming[edge.target].append(edge)
        outputs[edge.source].add(edge.output)
    order = topological_order(workflow)
    if len(order) < len(workflow.nodes):
        raise ValueError(f"Workflow {workflow.slug!r} has a cycle.")
    ancestors: dict[NodeId, tuple[NodeId, ...]] = {}
    for node_id in order:
        above = {edge.source for edge in incoming[node_id]}
        above.update(ancestor for source in tuple(above) for ancestor in ancestors[source])
        ancestors[node_id] = tuple(each for each in order if each in above)
    return Graph(
        nodes={node.id: node for node in workflow.nodes},
        order=order,
        incoming={node_id: tuple(edges) for node_id, edges in incoming.items()},
        ancestors=ancestors,
        outputs={node_id: frozenset(names) for node_id, names in outputs.items()},
    )


def topological_order(workflow: Workflow) -> tuple[NodeId, ...]:
    """Return the nodes so that each comes after its sources; nodes on or behind a cycle are left out."""
    missing = {node.id: 0 for node in workflow.nodes}
    targets: dict[NodeId, list[NodeId]] = {node.id: [] for node in workflow.nodes}
    for edge in workflow.edges:
        if edge.source in missing and edge.target in missing:
            missing[edge.target] += 1
            targets[edge.source].append(edge.target)
    order = [node.id for node in workflow.nodes if not missing[node.id]]
    for node_id in order:
        for target in targets[node_id]:
            missing[target] -= 1
            if not missing[target]:
                order.append(target)
    return tuple(order)


def frontier(
    graph: Graph, outcomes: Mapping[NodeId, Outcome], skipped: Collection[NodeId], under_way: Collection[NodeId]
) -> Frontier:
    """Return what may run next.

    A node runs when all its incoming edges are settled and at least one is active; when all are dead it is dead, and
    so are its own edges (dead-path elimination). An outcome that waits settles nothing.
    """
    ready: list[NodeId] = []
    dead: list[NodeId] = []
    gone = set(skipped)
    for node_id in graph.order:
        if node_id in outcomes or node_id in gone or node_id in under_way:
            continue
        edges = graph.incoming[node_id]
        if all(_settled(edge, outcomes, gone) for edge in edges):
            if not edges or any(is_active(edge, outcomes) for edge in edges):
                ready.append(node_id)
            else:
                gone.add(node_id)
                dead.append(node_id)
    return Frontier(ready=tuple(ready), dead=tuple(dead))


def is_active(edge: Edge, outcomes: Mapping[NodeId, Outcome]) -> bool:
    """Return whether its source has ended with the output that this edge leaves."""
    outcome = outcomes.get(edge.source)
    return outcome is not None and outcome.waiting_for is None and outcome.output == edge.output


def _settled(edge: Edge, outcomes: Mapping[NodeId, Outcome], gone: Collection[NodeId]) -> bool:
    outcome = outcomes.get(edge.source)
    return edge.source in gone or (outcome is not None and outcome.waiting_for is None)
