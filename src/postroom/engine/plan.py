"""The plan of a workflow version: its graph with every node's type, settings and retry policy resolved."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from postroom.interfaces.node import Effect, NodeContext, NodeType
from postroom.interfaces.stores.workflows import Workflows
from postroom.model.execution import FAILED_OUTPUT, Outcome
from postroom.model.workflow import NodeId, RetryPolicy, Workflow, WorkflowSlug
from postroom.workflows.graph import Graph, compile_graph
from postroom.workflows.validate import require_valid

NodeTypes = Mapping[str, NodeType[BaseModel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNode:
    """One node, ready to run."""

    id: NodeId
    type: str
    effect: Effect
    outputs: frozenset[str]
    retry: RetryPolicy
    body: Callable[[NodeContext], Awaitable[Outcome]]

    @property
    def step_name(self) -> str:
        """The name of the journalled step, so that the journal reads like the graph."""
        return f"{self.id}:{self.type}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A graph and its nodes, ready to run."""

    graph: Graph
    nodes: Mapping[NodeId, PlannedNode]


def make_plan(workflow: Workflow, types: NodeTypes) -> Plan:
    """Return the plan of a workflow.

    Raises:
        ConfigurationError: the workflow is not valid with these node types.
    """
    require_valid(workflow, types)
    nodes: dict[NodeId, PlannedNode] = {}
    for node in workflow.nodes:
        kind = types[node.type]
        nodes[node.id] = PlannedNode(
            id=node.id,
            type=node.type,
            effect=kind.effect,
            outputs=frozenset((*kind.outputs, FAILED_OUTPUT)),
            retry=node.retry or kind.retry,
            body=kind.configure(node.config),
        )
    return Plan(graph=compile_graph(workflow), nodes=nodes)


class Plans:
    """Keeps the plans of workflow versions; a version never changes, so a plan is made once."""

    def __init__(self, workflows: Workflows, types: NodeTypes) -> None:
        self._workflows = workflows
        self._types = types
        self._plans: dict[tuple[WorkflowSlug, int], Plan] = {}

    async def get(self, slug: WorkflowSlug, version: int) -> Plan:
        """Return the plan of one version.

        Raises:
            NotFoundError: there is no such version.
            ConfigurationError: it needs a node type that is not installed.
        """
        plan = self._plans.get((slug, version))
        if plan is None:
            plan = make_plan(await self._workflows.get(slug, version), self._types)
            self._plans[slug, version] = plan
        return plan
