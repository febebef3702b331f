"""The end of a question that no run of a node concludes: what a person said about it becomes an example.

That is every audit, and every draft whose execution ended before it could go on with the decision.
"""

from collections.abc import Callable
from dataclasses import replace

from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.learning.lesson import Asked, keep, lesson_of_audit, lesson_of_draft, lesson_of_stopped
from postroom.model.classification import Classification
from postroom.model.email import StoredEmail
from postroom.model.execution import Execution, ExecutionId
from postroom.model.review import Review, ReviewId, ReviewKind


async def conclude_audit(stores: Stores, review_id: ReviewId) -> bool:
    """Keep what the final decision on an audit teaches, then close it; again, it changes nothing.

    False where it must be looked at again: the decision is not final, or the execution has not yet stored how it
    labelled the mail, as its run goes on. Nothing is kept of an e-mail or an execution that is gone.
    """
    review = await stores.reviews.get(review_id)
    decision = review.final_decision
    if decision is None:
        return False
    found = await _asked(stores, review)
    if found is not None:
        execution, asked = found
        if asked.classification is None and not execution.status.settled:
            return False
        await keep(stores, lesson_of_audit(asked, decision))
    await stores.reviews.close(review.id)
    return True


async def conclude_draft(stores: Stores, review: Review, *, drawn: Callable[[ExecutionId], bool]) -> None:
    """Keep what the final decision on a draft teaches although its execution goes on with it no more.

    What the run of its node has kept already is written again. A question about a draft that was stopped on its way out
    has an id of its own below that of its node.
    """
    decision = review.final_decision
    if review.kind is not ReviewKind.DRAFT or decision is None:
        return
    found = await _asked(stores, review)
    if found is None:
        return
    execution, asked = found
    asked = replace(asked, drawn=drawn(execution.id))
    first = review.id == f"{review.execution_id}/{review.node_id}"
    if not first and any(
        each.decision for each in (execution.progress.outcomes.values() if execution.progress else ())
    ):
        # A person had answered for those words already: what stopped them says nothing about the draft.
        return
    lesson = lesson_of_draft(asked, decision) if first else lesson_of_stopped(asked, decision)
    if lesson is not None:
        await keep(stores, lesson)


async def _asked(stores: Stores, review: Review) -> tuple[Execution, Asked] | None:
    try:
        execution = await stores.executions.get(ExecutionId(review.execution_id))
        email = await stores.emails.get(review.email_id)
    except NotFoundError:
        return None
    return execution, Asked(
        review_id=review.id,
        email=_for(execution, email),
        classification=_classification_of(execution),
        draft=review.draft,
    )


def _for(execution: Execution, email: StoredEmail) -> StoredEmail:
    # A mail that reached several mailboxes may have been answered for another one than the first that had it.
    return replace(email, mailbox_id=execution.mailbox_id)


def _classification_of(execution: Execution) -> Classification | None:
    """Return the labels that the execution went by: the last that any of its nodes gave."""
    outcomes = execution.progress.outcomes.values() if execution.progress else ()
    return next((each.classification for each in reversed(list(outcomes)) if each.classification), None)
