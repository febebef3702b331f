"""The review that brings a failed execution before a person."""

from datetime import datetime

from postroom.model.execution import Execution
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

RANK = 0
"""First in the queue, and reminded of until somebody takes it: nothing goes on by itself here."""


def failure_review(execution: Execution, *, node_id: str, reason: str, at: datetime) -> Review:
    """Return the question about a failure of this run; `node_id` is "" where the engine itself failed.

    The same failure of the same run gives the same id, so that it is asked once.
    """
    place = f"{execution.id}/{node_id}" if node_id else execution.id
    return Review(
        id=ReviewId(f"{place}/failure-{execution.run}"),
        kind=ReviewKind.FAILURE,
        execution_id=execution.id,
        node_id=node_id,
        email_id=execution.email_id,
        rank=RANK,
        reason=reason.strip(),
        draft=None,
        status=ReviewStatus.OPEN,
        created_at=at,
    )
