"""Rerun: the e-mail of a settled execution goes through the version in use once more."""

from datetime import datetime

from postroom.actions.desk import Desk
from postroom.actions.execute import (
    ExecutionOrder,
    ExecutionPlan,
    make_executions,
    new_execution,
    plan_of,
    require_mailbox,
)
from postroom.actions.once import planned_once
from postroom.actions.status import standing_of
from postroom.errors import ConflictError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.stores import Stores
from postroom.model.execution import Execution, ExecutionId
from postroom.model.review import ReviewKind, ReviewStatus


async def rerun(desk: Desk, order: ExecutionOrder, execution_id: ExecutionId) -> ExecutionPlan:
    """Execute the e-mail of a settled execution anew; questions about a failure of the old one are closed.

    It runs by the rules of the mailbox of the old one, on the version in use of the workflow of `order`. A dry run
    answers no question, so it closes none.

    Raises:
        NotFoundError: there is no such execution. ConflictError: it is not settled, its mailbox was removed, or
        somebody has decided about its failure. KeyReusedError: the key stands for another request.
    """

    async def plan() -> str:
        old = await desk.stores.executions.get(execution_id)
        require_settled(old)
        require_mailbox(old.mailbox_id, order.mailboxes, of=f"Execution {old.id!r}")
        if not order.dry_run:
            await _require_undecided(desk.stores, execution_id)
        workflow = await desk.stores.workflows.current(order.workflow)
        return encode(plan_of(desk, order, workflow, [new_execution(old.email_id, old.mailbox_id)]))

    found = decode(ExecutionPlan, await planned_once(desk, order.once, plan))
    await make_executions(desk.stores, found)
    if not found.dry_run:
        await _close_failures(desk.stores, execution_id, asked_before=found.at)
    return found


def require_settled(execution: Execution) -> None:
    """Pass where nothing more happens in an execution by itself or by a decision.

    Raises:
        ConflictError: something may; a second one would ask people, or answer, beside it.
    """
    if not execution.status.settled:
        raise ConflictError(
            f"Execution {execution.id!r} is {standing_of(execution)}: only a settled one can be rerun.",
            hint="Wait for it, decide its review, or cancel it first.",
        )


async def _require_undecided(stores: Stores, execution_id: ExecutionId) -> None:
    for review in await stores.reviews.of_execution(execution_id):
        if review.kind is not ReviewKind.FAILURE or review.status is not ReviewStatus.DECIDED:
            continue
        decided = f"{review.decision.verdict} by {review.decision.by!r}" if review.decision else "decided"
        raise ConflictError(
            f"The failure of execution {execution_id!r} is decided ({decided}): that is carried out first.",
            hint=f"Undo the decision of {review.id!r}, or wait for what comes of it.",
        )


async def _close_failures(stores: Stores, execution_id: ExecutionId, *, asked_before: datetime) -> None:
    # What was asked about the old failure is answered by the new execution; a later failure is another one, and what
    # somebody has decided since is theirs.
    for review in await stores.reviews.of_execution(execution_id):
        if review.kind is ReviewKind.FAILURE and review.created_at <= asked_before:
            await stores.reviews.close_undecided(review.id)
