"""Questions that the sending of a reply puts to people; each is asked once, however often the node runs."""

from dataclasses import replace
from datetime import datetime

from postroom.interfaces.node import NodeContext
from postroom.interfaces.stores.pages import every
from postroom.model.draft import Draft
from postroom.model.execution import Execution, Outcome
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.model.review import AUDIT_RANK, Review, ReviewId, ReviewKind, ReviewStatus
from postroom.outbox.letter import language_of

_RANKS = {ReviewKind.DRAFT: 1, ReviewKind.UNCERTAIN_SEND: 0, ReviewKind.AUDIT: AUDIT_RANK}
_STALE = "stale"
_UNCERTAIN = "uncertain"
_AUDIT = "This reply went out by itself. Was it right? Nothing is sent because of your answer."
_FIRST_MAY_BE_OUT = "Its first sending was uncertain: the customer may have it already."
ANOTHER_IS_OUT = "Another execution has answered this e-mail, or may have: this would be one more answer."
_CUT_OFF = (
    "The process ended while this reply was being sent, and then its execution was cancelled: the reply may or may not "
    "have been sent. Look whether it arrived; reject leaves it as it is."
)
_OUT = frozenset({ReplyState.SENDING, ReplyState.SENT, ReplyState.UNCERTAIN})


def stale_question(context: NodeContext, reply_id: ReplyId) -> ReviewId:
    """Return the id of the question whether a reply may still be sent: something speaks against it now."""
    return ReviewId(f"{context.key}/{_STALE}{_edition(context, reply_id)}")


def uncertain_question(context: NodeContext, reply_id: ReplyId, lease: int) -> ReviewId:
    """Return the id of the question what became of the hand-over `lease` of a reply.

    Each hand-over of each text is a question of its own: an answer to one is never taken for another.
    """
    return ReviewId(f"{context.key}/{_UNCERTAIN}{_edition(context, reply_id)}-{lease}")


def cut_off_question(execution: Execution, reply: Reply, *, at: datetime) -> Review:
    """Return the question what became of a reply of a cancelled execution that a crash cut off while it was sent.

    Its id is that of `uncertain_question`. Nothing of the execution runs any more, so the decision is only that
    somebody has looked.
    """
    _, node_id, *edition = reply.id.split("/")
    key = f"{execution.id}/{node_id}"
    after = "".join(f"/{one}" for one in edition)
    kind = ReviewKind.UNCERTAIN_SEND
    return Review(
        id=ReviewId(f"{key}/{_UNCERTAIN}{after}-{reply.lease}"),
        kind=kind,
        execution_id=execution.id,
        node_id=node_id,
        email_id=execution.email_id,
        rank=_RANKS[kind],
        reason=_CUT_OFF,
        draft=None,
        status=ReviewStatus.OPEN,
        created_at=at,
    )


async def ask(context: NodeContext, review_id: ReviewId, kind: ReviewKind, reason: str) -> Outcome:
    """Ask a person, unless it was asked before, and return the outcome that waits for the decision.

    The person sees the words that were to be sent: those of `context.decision`, else those of the draft.
    """
    return await _put(context, _question(context, review_id, kind, reason))


def waiting(review: Review) -> Outcome:
    """Return the outcome that waits for the decision of a question."""
    return Outcome(output="uncertain", waiting_for="review", review_id=review.id, note=review.reason)


async def ask_instead(context: NodeContext, reply_id: ReplyId, reason: str) -> Outcome:
    """Ask a person about words that must not go out by themselves any more, and take them back.

    Asked first: a crash in between only asks again, while a row withdrawn without a question would be lost. It keeps
    which replies of other executions it tells of: of one that goes out later nobody was told, and it is asked again.
    """
    others = await _others_that_are_out(context)
    review = _question(context, stale_question(context, reply_id), ReviewKind.DRAFT, reason)
    told = [reason]
    if await _was_uncertain(context, reply_id):
        told.append(_FIRST_MAY_BE_OUT)
    if others:
        told.append(ANOTHER_IS_OUT)
    asked = await _put(context, replace(review, reason=" ".join(told), told=others))
    await take_back(context, reply_id, reason)
    return asked


async def ask_afterwards(context: NodeContext) -> None:
    """Put a reply that went out by itself before a person, who says whether it was right; nothing waits for that."""
    audit = _question(context, ReviewId(f"{context.key}/audit"), ReviewKind.AUDIT, _AUDIT)
    await context.services.stores.reviews.add(audit)


async def take_back(
    context: NodeContext, reply_id: ReplyId, reason: str, *, state: ReplyState = ReplyState.WITHDRAWN
) -> None:
    """Bring a pending reply into `state`; where an earlier sending of it was uncertain, that is what it is again."""
    after = ReplyState.UNCERTAIN if await _was_uncertain(context, reply_id) else state
    await context.services.stores.outbox.settle(reply_id, before=ReplyState.PENDING, after=after, detail=reason)


async def _was_uncertain(context: NodeContext, reply_id: ReplyId) -> bool:
    """Return whether people were asked about a hand-over of this reply: sending it again does not undo that one."""
    beginning = f"{context.key}/{_UNCERTAIN}{_edition(context, reply_id)}-"
    reviews = await context.services.stores.reviews.of_execution(context.execution_id)
    return any(review.id.startswith(beginning) for review in reviews)


async def _others_that_are_out(context: NodeContext) -> tuple[str, ...]:
    outbox, own = context.services.stores.outbox, f"{context.execution_id}/"
    replies = every(lambda after: outbox.of_email(context.stored.id, after=after))
    return tuple([one.id async for one in replies if one.state in _OUT and not one.id.startswith(own)])


def _question(context: NodeContext, review_id: ReviewId, kind: ReviewKind, reason: str) -> Review:
    return Review(
        id=review_id,
        kind=kind,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=_RANKS[kind],
        reason=reason,
        draft=_as_sent(context),
        status=ReviewStatus.OPEN,
        created_at=context.services.clock.now(),
    )


async def _put(context: NodeContext, review: Review) -> Outcome:
    await context.services.stores.reviews.add(review)
    return waiting(review)


def _edition(context: NodeContext, reply_id: ReplyId) -> str:
    return reply_id.removeprefix(context.key)


def _as_sent(context: NodeContext) -> Draft | None:
    """Return the draft with the words that were to be sent: a person's where one had decided."""
    decision = context.decision
    if decision is None:
        return context.draft
    if context.draft is None:
        return Draft(
            text=decision.text, language=language_of(context), probability=1.0, passages=(), responder=decision.by
        )
    return replace(context.draft, text=decision.text)
