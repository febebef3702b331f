"""Human Review: puts a question to people and waits, however long, without holding anything busy."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from postroom.guard.answerable import is_answerable
from postroom.guard.reply import refusal
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.learning.lesson import Asked, keep, lesson_of_draft
from postroom.mime.caution_words import cautions_in_words
from postroom.mime.compose import reply_recipient
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus
from postroom.outbox.verdicts import in_words, sends_nothing

NEVER_AUTOMATE = "never_automate"
ALWAYS_PERSON = "always_person"
_RANKS = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_WORDS = {
    "urgent": "The e-mail is urgent.",
    "uncertain": "The category is not clear.",
    "complex": "This kind of e-mail is for a person.",
    "unsure": "No article answers it surely enough.",
}
_EVERY_REPLY = "In this mailbox a person approves every reply."
_IN_HAND = "Another question about this conversation waits for a person."
_SUPPRESSED = "Mail to its sender has bounced: take the address off the suppression list before you answer."


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

    That a person answered elsewhere counts as rejected. Mail that the mailbox keeps from machines comes without a
    draft. In a dry run and in mode observe nobody is asked and it leaves by `observed`.

    What was decided is kept as an example and as a judgement of the classifier, under ids made from the review's.
    """
    decision = context.decided_here
    if decision is not None:
        output = "rejected" if sends_nothing(decision) else "approved"
        draft = context.draft or await _draft_shown(context)
        await _learn(context, draft, decision)
        return Outcome(output=output, decision=decision, draft=draft, note=in_words(decision))
    reason = await _reason(context)
    draft = context.draft or await _first_draft(context, config)
    if context.dry_run or context.mailbox.mode is Mode.OBSERVE:
        return Outcome(output="observed", draft=draft, note=f"would ask a person: {reason}")
    review = Review(
        id=ReviewId(context.key),
        kind=ReviewKind.DRAFT,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=_rank(context),
        reason=reason,
        draft=draft,
        status=ReviewStatus.OPEN,
        created_at=context.services.clock.now(),
    )
    await context.services.stores.reviews.add(review)
    return Outcome(output="approved", waiting_for="review", review_id=review.id, note=reason)


async def _learn(context: NodeContext, draft: Draft | None, decision: Decision) -> None:
    asked = Asked(
        review_id=ReviewId(context.key),
        email=context.stored,
        classification=context.classification,
        draft=draft,
        drawn=context.services.assurance.drawn(context.execution_id),
        generated=context.services.assurance.generates(context.mailbox),
    )
    lesson = lesson_of_draft(asked, decision)
    if lesson is not None:
        await keep(context.services.stores, lesson)


def _rank(context: NodeContext) -> int:
    found = context.classification
    rank = _RANKS.get(found.priority.name, 2) if found else 2
    return min(rank, 1) if ALWAYS_PERSON in context.email.cautions else rank


async def _reason(context: NodeContext) -> str:
    reasons = [_why(context, source, output) for source, output in context.reached_by]
    if context.email.cautions:
        reasons.append(f"Only a person may answer: {cautions_in_words(context.email.cautions)}.")
    stores = context.services.stores
    others = await stores.reviews.undecided_in(context.stored.conversation_id)
    if any(review.execution_id != context.execution_id for review in others):
        reasons.append(_IN_HAND)
    recipient = reply_recipient(context.email)
    if recipient is not None and await stores.suppressions.get(recipient.address) is not None:
        reasons.append(_SUPPRESSED)
    return " ".join(dict.fromkeys(reasons))


def _why(context: NodeContext, source: str, output: str) -> str:
    if output == "unsure" and context.mailbox.mode is Mode.REVIEW and not context.mailbox.stopped:
        return _EVERY_REPLY
    if output == "unsure" and (refused := _refused(context)) is not None:
        return f"No reply goes out by itself here: {refused}."
    if output == "unsure" and (doubt := _not_assured(context)):
        return f"No reply goes out by itself yet: {doubt}."
    return _WORDS.get(output, f"It came from {source} by {output!r}.")


def _not_assured(context: NodeContext) -> str:
    found, draft = context.classification, context.draft
    if found is None or draft is None:
        return ""
    ruling = context.services.assurance.ruling(context.mailbox, found, draft)
    return ruling.doubt if ruling.threshold is None else ""


def _refused(context: NodeContext) -> str | None:
    # The cautions have their own words.
    return refusal(
        replace(context.email, cautions=()),
        context.mailbox,
        category=context.classification.category.name if context.classification else None,
        now=context.services.clock.now(),
        received_at=context.stored.received_at,
    )


async def _draft_shown(context: NodeContext) -> Draft | None:
    """Return the draft that the reviewer saw: its language and articles go on with the reply."""
    reviews = await context.services.stores.reviews.of_execution(context.execution_id)
    return next((review.draft for review in reviews if review.id == context.key), None)


async def _first_draft(context: NodeContext, config: HumanReviewConfig) -> Draft | None:
    responder = context.services.responders.get(config.responder) if config.responder else None
    if responder is None or context.classification is None or NEVER_AUTOMATE in context.email.cautions:
        return None
    signature = context.mailbox.address.name
    draft = await responder.respond(context.email, context.classification, signature=signature)
    assurance = context.services.assurance
    # Nothing drafted here goes out by itself, so what is decided about it proves nothing about what does. But another
    # model may be sure of such mail: leaving it out would leave out what that one may be wrong about.
    return replace(
        draft,
        eligible=False,
        answerable=await is_answerable(context),
        all_seen=not assurance.ruling(context.mailbox, context.classification, draft).automation,
        generated=assurance.generates(context.mailbox),
    )
