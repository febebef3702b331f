"""Validation of a workflow: all problems at once, in words."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from postroom.errors import ConfigurationError
from postroom.interfaces.node import NodeType
from postroom.model.execution import FAILED_OUTPUT
from postroom.model.workflow import Node, NodeId, Workflow
from postroom.workflows.graph import topological_order

MAX_NODES = 200
RESPONDER, SURE, REVIEW, SENDER = "auto_responder", "sure", "human_review", "email_sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowProblem:
    """One thing that is wrong with a workflow, as a sentence; `node_id` is None where it is not about one node."""

    node_id: NodeId | None
    message: str


def problems(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> tuple[str, ...]:
    """Return everything that is wrong with `workflow`, each as one sentence; empty where it can run."""
    return tuple(one.message for one in problems_by_node(workflow, types))


def problems_by_node(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> tuple[WorkflowProblem, ...]:
    """Return everything that is wrong with `workflow`, each with the node that it is about."""
    return (
        *_problems_of_nodes(workflow, types),
        *_problems_of_edges(workflow, types),
        *_problems_of_shape(workflow, types),
        *_problems_of_automation(workflow),
    )


def require_valid(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> None:
    """Pass where the workflow can run.

    Raises:
        ConfigurationError: with all problems in its hint.
    """
    found = problems(workflow, types)
    if found:
        raise ConfigurationError(
            f"Workflow {workflow.slug!r} cannot run: {len(found)} problem{'s' if len(found) > 1 else ''}.",
            hint="\n".join(found),
        )


def _problems_of_nodes(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> list[WorkflowProblem]:
    found = [
        _of(node_id, f"Two nodes have the id {node_id!r}: ids must differ.")
        for node_id, times in Counter(node.id for node in workflow.nodes).items()
        if times > 1
    ]
    if not workflow.nodes:
        found.append(_of(None, "The workflow has no nodes: it needs at least a trigger."))
    if len(workflow.nodes) > MAX_NODES:
        found.append(_of(None, f"The workflow has {len(workflow.nodes)} nodes: at most {MAX_NODES} are allowed."))
    for node in workflow.nodes:
        if not node.id or not all(letter.isalnum() or letter in "_-" for letter in node.id):
            found.append(_of(node.id, f"The node id {node.id!r} may hold letters, digits, '_' and '-' only."))
        kind = types.get(node.type)
        if kind is None:
            known = ", ".join(sorted(types))
            found.append(_of(node.id, f"Node {node.id!r} has the unknown type {node.type!r}: known are {known}."))
        else:
            found.extend(_of(node.id, message) for message in _problems_of_config(node, kind))
        found.extend(_of(node.id, message) for message in _problems_of_retry(node))
    return found


def _of(node_id: NodeId | None, message: str) -> WorkflowProblem:
    return WorkflowProblem(node_id=node_id, message=message)


def _problems_of_config(node: Node, kind: NodeType[BaseModel]) -> list[str]:
    try:
        kind.config.model_validate(dict(node.config))
    except ValidationError as error:
        return [
            f"Node {node.id!r}: setting {'.'.join(map(str, each['loc'])) or 'config'!r} is wrong: {each['msg']}."
            for each in error.errors(include_url=False, include_input=False)
        ]
    return []


def _problems_of_retry(node: Node) -> list[str]:
    policy = node.retry
    if policy is None:
        return []
    found: list[str] = []
    if not 1 <= policy.max_attempts <= 100:
        found.append(f"Node {node.id!r}: max_attempts is {policy.max_attempts}, it must be 1 to 100.")
    if not 0 < policy.timeout_seconds < math.inf:
        found.append(f"Node {node.id!r}: timeout_seconds is {policy.timeout_seconds}, it must be above 0.")
    pauses = (policy.interval_seconds, policy.max_interval_seconds)
    if not all(0 <= pause < math.inf for pause in pauses) or not 1 <= policy.factor < math.inf:
        found.append(f"Node {node.id!r}: retry needs interval_seconds and max_interval_seconds ≥ 0, and factor ≥ 1.")
    if not 0 <= policy.jitter <= 1:
        found.append(f"Node {node.id!r}: jitter is {policy.jitter}, it must be 0 to 1.")
    return found


def _problems_of_edges(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> list[WorkflowProblem]:
    nodes = {node.id: node for node in workflow.nodes}
    found: list[WorkflowProblem] = []
    for edge in workflow.edges:
        name = f"Edge {edge.source}.{edge.output} → {edge.target}"
        found.extend(
            _of(None, f"{name}: there is no node {end!r}.") for end in (edge.source, edge.target) if end not in nodes
        )
        kind = types.get(nodes[edge.source].type) if edge.source in nodes else None
        if kind and edge.output not in (*kind.outputs, FAILED_OUTPUT):
            outputs = ", ".join((*kind.outputs, FAILED_OUTPUT))
            message = f"{name}: node type {kind.name!r} has no output {edge.output!r}, it has {outputs}."
            found.append(_of(edge.source, message))
        target = types.get(nodes[edge.target].type) if edge.target in nodes else None
        if target and target.starts:
            found.append(_of(edge.target, f"{name}: {edge.target!r} is a trigger, nothing leads into it."))
    found.extend(
        _of(edge.source, f"Edge {edge.source}.{edge.output} → {edge.target} is there {times} times.")
        for edge, times in Counter(workflow.edges).items()
        if times > 1
    )
    return found


def _problems_of_shape(workflow: Workflow, types: Mapping[str, NodeType[BaseModel]]) -> list[WorkflowProblem]:
    order = topological_order(workflow)
    found: list[WorkflowProblem] = []
    in_cycle = [node.id for node in workflow.nodes if node.id not in order]
    if in_cycle:
        message = f"These nodes form a cycle or lie behind one: {', '.join(in_cycle)}. Remove an edge of it."
        found.append(_of(None, message))
    reached = {edge.target for edge in workflow.edges}
    starts = [node for node in workflow.nodes if (kind := types.get(node.type)) is not None and kind.starts]
    if workflow.nodes and len(starts) != 1:
        found.append(_of(None, f"The workflow has {len(starts)} triggers: it needs exactly one."))
    start_ids = {node.id for node in starts}
    found.extend(
        _of(node.id, f"Nothing leads to node {node.id!r}: connect it or remove it.")
        for node in workflow.nodes
        if node.id not in reached and node.id not in start_ids and node.type in types
    )
    return found


def _problems_of_automation(workflow: Workflow) -> list[WorkflowProblem]:
    """Return where a draft reaches a sender although its responder is not sure and no person has looked at it."""
    kinds = {node.id: node.type for node in workflow.nodes}
    return [
        _of(
            node_id,
            f"{first.source}.{first.output} leads to the sender {node_id!r} past every review: "
            f"lead it into a node of type {REVIEW!r}.",
        )
        for first in workflow.edges
        if kinds.get(first.source) == RESPONDER and first.output != SURE
        for node_id in _unreviewed_behind(workflow, first.target, kinds)
        if kinds.get(node_id) == SENDER
    ]


def _unreviewed_behind(workflow: Workflow, first: NodeId, kinds: Mapping[NodeId, str]) -> list[NodeId]:
    """Return `first` and all nodes behind it that no review or further responder stands before, each once."""
    found = [first]
    for node_id in found:
        if kinds.get(node_id) in {REVIEW, RESPONDER}:
            continue
        behind = {edge.target for edge in workflow.edges if edge.source == node_id}
        found.extend(sorted(behind - set(found)))
    return found
