"""Questions that the sending of a reply puts to people; each is asked once, however often the node runs."""

from dataclasses import replace

from postroom.interfaces.node import NodeContext
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

STALE = "stale"
"""The question whether a draft may still be sent: the conversation moved on, or something speaks against it now."""


async def own_review(context: NodeContext, suffix: str) -> Review | None:
    """Return the question that this node asked under `suffix`, None where it has not."""
    review_id = ReviewId(f"{context.key}/{suffix}")
    reviews = await context.services.stores.reviews.of_execution(context.execution_id)
    return next((review for review in reviews if review.id == review_id), None)


async def ask(context: NodeContext, suffix: str, kind: ReviewKind, reason: str) -> Outcome:
    """Ask a person, unless it was asked before, and return the outcome that waits for the decision."""
    review = Review(
        id=ReviewId(f"{context.key}/{suffix}"),
        kind=kind,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=0 if kind is ReviewKind.UNCERTAIN_SEND else 1,
        reason=reason,
        draft=_as_sent(context),
        status=ReviewStatus.OPEN,
        created_at=context.services.clock.now(),
    )
    await context.services.stores.reviews.add(review)
    return Outcome(output="uncertain", waiting_for="review", review_id=review.id, note=reason)


async def ask_instead(context: NodeContext, reply_id: ReplyId, reason: str) -> Outcome:
    """Ask a person about a draft that must not go out by itself any more, and withdraw it.

    Asked first: a crash in between only asks again, while a row withdrawn without a question would be lost.
    """
    waiting = await ask(context, STALE, ReviewKind.DRAFT, reason)
    await context.services.stores.outbox.settle(
        reply_id, before=ReplyState.PENDING, after=ReplyState.WITHDRAWN, detail=reason
    )
    return waiting


def _as_sent(context: NodeContext) -> Draft | None:
    """Return the draft with the words that were to be sent: a person's where one had decided."""
    if context.draft is None or context.decision is None:
        return context.draft
    return replace(context.draft, text=context.decision.text)
