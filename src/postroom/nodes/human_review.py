"""Human Review: puts a question to people and waits, however long, without holding anything busy."""

from pydantic import BaseModel, ConfigDict, Field

from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus, Verdict

_RANKS = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_WORDS = {
    "urgent": "The e-mail is urgent.",
    "uncertain": "The category is not clear.",
    "complex": "This kind of e-mail is for a person.",
    "unsure": "No article answers it surely enough.",
}
_EVERY_REPLY = "In this mailbox a person approves every reply."


class HumanReviewConfig(BaseModel):
    """What the reviewer is given."""

    model_config = ConfigDict(extra="forbid")

    responder: str | None = Field(
        default="articles", description="Makes a first draft where no node before has made one; null: no draft."
    )


@node(
    name="human_review",
    title="Human Review",
    config=HumanReviewConfig,
    outputs=("approved", "rejected", "observed"),
    effect=Effect.KEYED,
)
async def human_review(context: NodeContext, config: HumanReviewConfig) -> Outcome:
    """Ask once and wait; with the decision, leave by `approved` (also when edited) or `rejected`.

    In a dry run and in mode observe nobody is asked and it leaves by `observed`.
    """
    decision = context.decided_here
    if decision is not None:
        output = "rejected" if decision.verdict is Verdict.REJECT else "approved"
        draft = context.draft or await _draft_shown(context)
        return Outcome(output=output, decision=decision, draft=draft, note=f"{decision.verdict} by a person")
    reason = _reason(context)
    draft = context.draft or await _first_draft(context, config)
    if context.dry_run or context.mailbox.mode is Mode.OBSERVE:
        return Outcome(output="observed", draft=draft, note=f"would ask a person: {reason}")
    found = context.classification
    review = Review(
        id=ReviewId(context.key),
        kind=ReviewKind.DRAFT,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=_RANKS.get(found.priority.name, 2) if found else 2,
        reason=reason,
        draft=draft,
        status=ReviewStatus.OPEN,
        created_at=context.services.clock.now(),
    )
    await context.services.stores.reviews.add(review)
    return Outcome(output="approved", waiting_for="review", review_id=review.id, note=reason)


def _reason(context: NodeContext) -> str:
    reasons = [_why(context, source, output) for source, output in context.reached_by]
    if context.email.cautions:
        reasons.append(f"Only a person may answer: {', '.join(context.email.cautions)}.")
    return " ".join(dict.fromkeys(reasons))


def _why(context: NodeContext, source: str, output: str) -> str:
    if output == "unsure" and context.mailbox.mode is Mode.REVIEW:
        return _EVERY_REPLY
    return _WORDS.get(output, f"It came from {source} by {output!r}.")


async def _draft_shown(context: NodeContext) -> Draft | None:
    """Return the draft that the reviewer saw: its language and articles go on with the reply."""
    reviews = await context.services.stores.reviews.of_execution(context.execution_id)
    return next((review.draft for review in reviews if review.id == context.key), None)


async def _first_draft(context: NodeContext, config: HumanReviewConfig) -> Draft | None:
    responder = context.services.responders.get(config.responder) if config.responder else None
    if responder is None or context.classification is None:
        return None
    return await responder.respond(context.email, context.classification)
