"""Editions of a reply: the first words, and what a person approved each time such words had been stopped."""

from dataclasses import dataclass

from postroom.interfaces.node import NodeContext
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.model.review import Decision, Review
from postroom.outbox.question import stale_question, take_back
from postroom.outbox.verdicts import sends_nothing

_APPROVED = "/approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The edition that counts now, with what earlier runs of this node left of it.

    `decision` is the person's who answers for its words, None where nobody does. `row` is None where it was never put
    into the outbox. `question` is the one that stopped it: without a final decision, or decided so that nothing is
    sent.
    """

    reply_id: ReplyId
    decision: Decision | None
    row: Reply | None
    question: Review | None


async def told_of(context: NodeContext, reply_id: ReplyId) -> tuple[str, ...]:
    """Return the replies of other executions that the person who approved an edition was told of.

    None for the first edition: no question of this node stands before it.
    """
    if reply_id == context.key:
        return ()
    stopped = stale_question(context, ReplyId(reply_id.removesuffix(_APPROVED)))
    return (await context.services.stores.reviews.get(stopped)).told


async def latest_edition(context: NodeContext) -> Edition:
    """Return the edition that counts now, and finish what a crash cut off between a question and its withdrawal."""
    stores = context.services.stores
    rows = {row.id: row for row in await stores.outbox.of_execution(context.execution_id)}
    questions = {review.id: review for review in await stores.reviews.of_execution(context.execution_id)}
    reply_id, decision = ReplyId(context.key), context.decision
    while True:
        row, question = rows.get(reply_id), questions.get(stale_question(context, reply_id))
        if question is not None and row is not None and row.state is ReplyState.PENDING:
            await take_back(context, reply_id, question.reason)
            row = await stores.outbox.get(reply_id)
        verdict = question.final_decision if question else None
        if verdict is None or sends_nothing(verdict):
            return Edition(reply_id=reply_id, decision=decision, row=row, question=question)
        reply_id, decision = ReplyId(f"{reply_id}{_APPROVED}"), verdict
