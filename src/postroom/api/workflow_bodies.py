"""How workflows are written in requests and read in answers."""

from typing import Annotated

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from postroom.actions.workflows import NodeTypes
from postroom.api.written import LINE, PLAIN_NUMBER
from postroom.model.workflow import Edge, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug
from postroom.workflows.validate import MAX_NODES, problems_by_node

NAME = r"^[A-Za-z0-9_-]+$"
_MAX_EDGES = 2_000
_FARTHEST = 1e7

NodeName = Annotated[str, Field(min_length=1, max_length=64, pattern=NAME)]
Place = Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST, allow_inf_nan=False), PLAIN_NUMBER]
Seconds = Annotated[float, Field(ge=0, le=30 * 86_400, allow_inf_nan=False), PLAIN_NUMBER]


class RetryForm(BaseModel):
    """How often a node is tried and how long it may take."""

    model_config = ConfigDict(extra="forbid")

    max_attempts: Annotated[int, Field(ge=1, le=100), PLAIN_NUMBER] = Field(
        default=3, description="How many tries in all."
    )
    interval_seconds: Seconds = Field(default=1.0, description="The first wait.")
    factor: Annotated[float, Field(ge=1, le=100, allow_inf_nan=False), PLAIN_NUMBER] = Field(
        default=2.0, description="Each wait against the last."
    )
    max_interval_seconds: Seconds = Field(default=60.0, description="The longest wait.")
    jitter: Annotated[float, Field(ge=0, le=1), PLAIN_NUMBER] = Field(
        default=0.2, description="By how much a wait is shortened at random, at most."
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=30 * 86_400, allow_inf_nan=False), PLAIN_NUMBER] = Field(
        default=120.0, description="How long one try may take."
    )


class NodeForm(BaseModel):
    """One box of the graph."""

    model_config = ConfigDict(extra="forbid")

    id: NodeName = Field(description="Its name in this workflow.")
    type: str = Field(min_length=1, max_length=64, pattern=NAME, description="The kind of node.")
    title: str = Field(default="", max_length=200, pattern=LINE, description="What the box says.")
    config: dict[Annotated[str, Field(max_length=100)], JsonValue] = Field(
        default={}, max_length=100, description="Its settings, as the schema of its kind says."
    )
    retry: RetryForm | None = Field(default=None, description="Its retry policy; null: that of its kind.")
    position: tuple[Place, Place] = Field(default=(0.0, 0.0), description="Its place on the canvas: x, y.")


class EdgeForm(BaseModel):
    """From a node's named output to a node."""

    model_config = ConfigDict(extra="forbid")

    source: NodeName = Field(description="The node it leaves.")
    output: NodeName = Field(description="The output of that node.")
    target: NodeName = Field(description="The node it leads to.")


class GraphForm(BaseModel):
    """A workflow without its name."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200, pattern=LINE, description="What it is called.")
    nodes: tuple[NodeForm, ...] = Field(max_length=MAX_NODES, description="Its nodes.")
    edges: tuple[EdgeForm, ...] = Field(max_length=_MAX_EDGES, description="Its edges.")


class NewWorkflowForm(GraphForm):
    """A workflow."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Its name in addresses and settings.")


class WorkflowChangeForm(GraphForm):
    """A new version of a workflow."""

    base_version: Annotated[int, Field(ge=1, le=2**31 - 1), PLAIN_NUMBER] = Field(
        description="The version it was made from; a newer one: 409."
    )


class RetryBody(BaseModel):
    """How often a node is tried and how long it may take."""

    max_attempts: int
    interval_seconds: float
    factor: float
    max_interval_seconds: float
    jitter: float
    timeout_seconds: float


class NodeBody(BaseModel):
    """One box of the graph."""

    id: NodeId
    type: str
    title: str
    config: dict[str, JsonValue]
    retry: RetryBody | None
    position: tuple[float, float]


class WorkflowBody(BaseModel):
    """One version of a workflow."""

    slug: WorkflowSlug
    title: str
    version: int
    nodes: tuple[NodeBody, ...]
    edges: tuple[Edge, ...]


class WorkflowRowBody(BaseModel):
    """A workflow as lists show it."""

    slug: WorkflowSlug
    title: str
    version: int = Field(description="The version in use.")
    nodes: int = Field(description="How many nodes it has.")
    paused: bool
    mailboxes: tuple[str, ...] = Field(description="The ids of the mailboxes that run it.")


class WorkflowProblemBody(BaseModel):
    """One thing that is wrong with a workflow; `node_id` is null where it is not about one node."""

    node_id: NodeId | None
    message: str


class ValidityBody(BaseModel):
    """Whether a workflow can run, and everything that is wrong with it."""

    ok: bool
    problems: tuple[WorkflowProblemBody, ...]


def workflow_of(form: GraphForm, slug: WorkflowSlug) -> Workflow:
    """Return the workflow that a form describes, unsaved."""
    return Workflow(
        slug=slug,
        title=form.title,
        nodes=tuple(_node(one) for one in form.nodes),
        edges=tuple(
            Edge(source=NodeId(one.source), output=one.output, target=NodeId(one.target)) for one in form.edges
        ),
    )


def workflow_body(workflow: Workflow) -> WorkflowBody:
    """Return a version of a workflow as answers show it."""
    return WorkflowBody.model_validate(workflow, from_attributes=True)


def form_of(workflow: Workflow) -> NewWorkflowForm:
    """Return a workflow that came in another way as its form, so that the same bounds hold.

    Raises:
        RequestValidationError: it is beyond them.
    """
    try:
        return NewWorkflowForm.model_validate(workflow_body(workflow).model_dump(exclude={"version"}))
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from error


def validity(workflow: Workflow, types: NodeTypes) -> ValidityBody:
    """Return everything that is wrong with a workflow."""
    found = tuple(
        WorkflowProblemBody(node_id=one.node_id, message=one.message) for one in problems_by_node(workflow, types)
    )
    return ValidityBody(ok=not found, problems=found)


def require_runnable(workflow: Workflow, types: NodeTypes) -> Workflow:
    """Return a workflow that can run.

    Raises:
        RequestValidationError: it cannot; each problem is one error, located at its node.
    """
    found = validity(workflow, types).problems
    if found:
        raise RequestValidationError(
            [{"loc": ("body", "nodes", one.node_id or ""), "msg": one.message, "type": "workflow"} for one in found]
        )
    return workflow


def _node(form: NodeForm) -> Node:
    return Node(
        id=NodeId(form.id),
        type=form.type,
        title=form.title,
        config=dict(form.config),
        retry=None if form.retry is None else RetryPolicy(**form.retry.model_dump()),
        position=form.position,
    )
