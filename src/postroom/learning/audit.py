"""The end of an audit: what a person said about a reply that had gone out by itself becomes an example."""

from dataclasses import replace

from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.learning.lesson import Asked, keep, lesson_of_audit
from postroom.model.classification import Classification
from postroom.model.email import StoredEmail
from postroom.model.execution import Execution, ExecutionId
from postroom.model.review import Review, ReviewId


async def conclude_audit(stores: Stores, review_id: ReviewId) -> bool:
    """Keep what the final decision on an audit teaches, then close it; again, it changes nothing.

    False where it must be looked at again: the decision is not final, or the execution has not yet stored how it
    labelled the mail, as its run goes on. Nothing is kept of an e-mail or an execution that is gone.
    """
    review = await stores.reviews.get(review_id)
    decision = review.final_decision
    if decision is None:
        return False
    found = await _what_was_sent(stores, review)
    if found is not None:
        email, execution = found
        labels = _classification_of(execution)
        if labels is None and not execution.status.settled:
            return False
        asked = Asked(review_id=review.id, email=email, classification=labels, draft=review.draft)
        await keep(stores, lesson_of_audit(asked, decision))
    await stores.reviews.close(review.id)
    return True


async def _what_was_sent(stores: Stores, review: Review) -> tuple[StoredEmail, Execution] | None:
    try:
        execution = await stores.executions.get(ExecutionId(review.execution_id))
        email = await stores.emails.get(review.email_id)
    except NotFoundError:
        return None
    # A mail that reached several mailboxes may have been answered for another one than the first that had it.
    return replace(email, mailbox_id=execution.mailbox_id), execution


def _classification_of(execution: Execution) -> Classification | None:
    """Return the labels that the execution went by: the last that any of its nodes gave."""
    outcomes = execution.progress.outcomes.values() if execution.progress else ()
    return next((each.classification for each in reversed(list(outcomes)) if each.classification), None)
