"""What a decision asks for: a review that nobody decided, an execution under way, and somebody who can be answered."""

from postroom.actions.desk import Desk
from postroom.actions.mailboxes_rules import SETTINGS_MAILBOX
from postroom.errors import ConflictError, NotFoundError
from postroom.mime.compose import reply_recipient
from postroom.model.email import EmailId
from postroom.model.execution import ExecutionId, ExecutionStatus
from postroom.model.review import Review, ReviewId, ReviewStatus, Verdict

UNDECIDED = (ReviewStatus.OPEN, ReviewStatus.CLAIMED)


def require_undecided(review: Review, *, by: str) -> None:
    """Raise ConflictError unless the review is open, or claimed by `by`."""
    if review.status is ReviewStatus.CLAIMED and review.claimed_by != by:
        raise ConflictError(
            f"The review {review.id!r} is claimed by {review.claimed_by!r}.", hint="Ask them, or take another one."
        )
    if review.status not in UNDECIDED:
        decision = review.decision
        if decision is not None and decision.verdict is Verdict.ANSWERED_ELSEWHERE:
            raise ConflictError(
                f"The review {review.id!r} is closed: a person answered with another program.",
                hint="Nothing is sent here; look into the mailbox for the answer.",
            )
        verdict = f" ({decision.verdict} by {decision.by!r})" if decision else ""
        raise ConflictError(
            f"The review {review.id!r} is {review.status.value} already{verdict}.",
            hint="The list of reviews shows what is open.",
        )


async def require_status(desk: Desk, review: Review, allowed: frozenset[ExecutionStatus], act: str) -> None:
    """Raise ConflictError unless the execution of the review is in one of these states; `act` is what needs that."""
    execution = await desk.stores.executions.get(ExecutionId(review.execution_id))
    if execution.status not in allowed:
        cancelled = execution.status is ExecutionStatus.CANCELLED
        raise ConflictError(
            f"Execution {execution.id!r} is {execution.status.value}: nobody can {act} now.",
            hint="`reject` the review: nothing follows from it."
            if cancelled
            else f"Look at the execution {execution.id} for what became of it.",
        )


async def require_mailbox(desk: Desk, review: Review) -> None:
    """Raise ConflictError where the mailbox of the review is gone, so that nothing can be sent."""
    mailbox_id = (await desk.stores.executions.get(ExecutionId(review.execution_id))).mailbox_id
    if mailbox_id == SETTINGS_MAILBOX:
        return
    try:
        await desk.stores.mailboxes.get(mailbox_id)
    except NotFoundError as error:
        raise ConflictError(
            f"The mailbox {mailbox_id!r} of the review {review.id!r} is gone: nothing of it can be sent.",
            hint=f"Reject the review, or add a mailbox of the name {mailbox_id!r} again.",
        ) from error


async def require_answerable(desk: Desk, email_id: EmailId) -> None:
    """Raise ConflictError where an e-mail came from a machine, or has no address that a reply can go to."""
    email = (await desk.stores.emails.get(email_id)).email
    if email.automatic is not None:
        raise ConflictError(
            f"The e-mail {email_id!r} was sent by a machine ({email.automatic}) and must not be answered.",
            hint="`reject` the review.",
        )
    if reply_recipient(email) is None:
        raise ConflictError(
            f"The e-mail {email_id!r} has no address that a reply can go to.",
            hint="`reject` the review and reach the sender in another way.",
        )


def require_undoable(desk: Desk, review: Review) -> None:
    """Raise ConflictError unless who acts decided the review, and the decision is not final yet."""
    decision = review.decision
    if decision is None:
        raise ConflictError(f"The review {review.id!r} is not decided.", hint="There is nothing to undo.")
    if decision.verdict is Verdict.ANSWERED_ELSEWHERE:
        raise ConflictError(
            f"The review {review.id!r} is closed: a person answered with another program.",
            hint="Nothing was decided here.",
        )
    if decision.by != desk.by:
        raise ConflictError(
            f"The review {review.id!r} was decided by {decision.by!r}.", hint="Only who decided can undo it: ask them."
        )
    final = decision.not_before is None or decision.not_before <= desk.clock.now()
    if final or review.status is not ReviewStatus.DECIDED:
        raise too_late(review.id)


def too_late(review_id: ReviewId) -> ConflictError:
    """Return what says that a decision is carried out already."""
    return ConflictError(
        f"It is too late to undo the decision of {review_id!r}: it is being carried out.",
        hint="Look at the execution for what came of it.",
    )
