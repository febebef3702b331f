"""How executions read in answers: one in a list, and one node by node."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from postroom.actions.execute import ExecutionPlan
from postroom.actions.status import ExecutionStanding, NamedNode, ReplyStanding
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import (
    Execution,
    ExecutionId,
    ExecutionStatus,
    Failure,
    FinalState,
    Step,
)
from postroom.model.page import Page
from postroom.model.review import Review
from postroom.model.workflow import NodeId, WorkflowSlug


class ExecutionBody(BaseModel):
    """One e-mail's way through one version of a workflow."""

    id: ExecutionId
    email_id: EmailId
    mailbox_id: MailboxId
    workflow: WorkflowSlug
    version: int
    status: ExecutionStatus
    run: int = Field(description="Counts the runs: each continuation after a wait, pause or retry is one more.")
    final_state: FinalState | None = Field(description="What became of the e-mail; null while it is under way.")
    created_at: datetime
    updated_at: datetime
    dry_run: bool


class NodeStatus(StrEnum):
    """Where one node of one execution stands; `pending` was not reached yet."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


_PROGRESS = {NodeStatus.PENDING: 0.0, NodeStatus.RUNNING: 0.5, NodeStatus.WAITING: 0.5}


class NodeStandingBody(BaseModel):
    """The latest run of one node of the workflow."""

    node_id: NodeId
    type: str
    title: str
    status: NodeStatus
    attempt: int = Field(description="Counts the tries; 0 where there was none.")
    progress: float = Field(ge=0, le=1, description="0: not begun; 0.5: begun; 1: over, whatever came of it.")
    started_at: datetime | None
    finished_at: datetime | None
    output: str = Field(description="The output that was followed; empty where none was.")
    note: str = Field(description="One line for the reader, without mail text.")
    error: Failure | None


class ExecutionStandingBody(BaseModel):
    """Where one execution stands, node by node, and what it led to."""

    subject: Literal["execution"] = "execution"
    execution: ExecutionBody
    title: str = Field(description="The title of the workflow.")
    progress: float = Field(ge=0, le=1, description="The share of its nodes that are over.")
    nodes: tuple[NodeStandingBody, ...] = Field(description="Every node of the workflow, in its order.")
    reviews: tuple[Review, ...]
    replies: tuple[ReplyStanding, ...]


class PlannedBody(BaseModel):
    """An execution that was queued, and its e-mail."""

    execution_id: ExecutionId
    email_id: EmailId


class PlanBody(BaseModel):
    """What is being executed. The same answer comes again for the same request under the same `Idempotency-Key`."""

    workflow: WorkflowSlug
    version: int
    dry_run: bool
    executions: tuple[PlannedBody, ...]


def execution_body(execution: Execution) -> ExecutionBody:
    """Return an execution as lists show it."""
    return ExecutionBody.model_validate(execution, from_attributes=True)


def execution_page(page: Page[Execution]) -> Page[ExecutionBody]:
    """Return a page of executions as lists show them."""
    return Page(rows=tuple(execution_body(one) for one in page.rows), next_cursor=page.next_cursor)


def standing_body(standing: ExecutionStanding) -> ExecutionStandingBody:
    """Return one execution node by node."""
    reached = {step.node_id: step for step in standing.steps}
    nodes = tuple(_node_body(node, reached.get(node.id)) for node in standing.nodes)
    over = sum(node.progress == 1 for node in nodes)
    return ExecutionStandingBody(
        execution=execution_body(standing.execution),
        title=standing.title,
        progress=round(over / len(nodes), 4) if nodes else 0.0,
        nodes=nodes,
        reviews=standing.reviews,
        replies=standing.replies,
    )


def plan_body(plan: ExecutionPlan) -> PlanBody:
    """Return what is being executed."""
    return PlanBody(
        workflow=plan.workflow,
        version=plan.version,
        dry_run=plan.dry_run,
        executions=tuple(PlannedBody(execution_id=one.execution_id, email_id=one.email_id) for one in plan.executions),
    )


def _node_body(node: NamedNode, step: Step | None) -> NodeStandingBody:
    status = NodeStatus.PENDING if step is None else NodeStatus(step.status.value)
    return NodeStandingBody(
        node_id=node.id,
        type=node.type,
        title=node.title,
        status=status,
        attempt=step.attempt if step else 0,
        progress=_PROGRESS.get(status, 1.0),
        started_at=step.started_at if step else None,
        finished_at=step.finished_at if step else None,
        output=step.output if step else "",
        note=step.note if step else "",
        error=step.failure if step else None,
    )
