"""Data Logger: writes the record of what was decided, without the text of the mail."""

from pydantic import BaseModel, ConfigDict

from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import Outcome
from postroom.model.record import Record
from postroom.model.reply import ReplyState
from postroom.model.review import AUDIT_RANK, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.outbox.verdicts import sends_nothing

_WHY = "This reply went out by itself. Was it right? Nothing is sent because of your answer."


class DataLoggerConfig(BaseModel):
    """The data logger has no settings."""

    model_config = ConfigDict(extra="forbid")


@node(name="data_logger", title="Data Logger", config=DataLoggerConfig, outputs=("logged",), effect=Effect.KEYED)
async def data_logger(context: NodeContext, config: DataLoggerConfig) -> Outcome:
    """Write one record per execution; a later run replaces it.

    After a reply that went out by itself, a random share of them is put before a person, who says whether it was right.
    """
    del config
    found = context.classification
    result = _result(context)
    record = Record(
        execution_id=context.execution_id,
        email_id=context.stored.id,
        mailbox_id=context.stored.mailbox_id,
        workflow=context.workflow,
        version=context.version,
        received_at=context.stored.received_at,
        recorded_at=context.services.clock.now(),
        result=result,
        category=found.category.name if found else None,
        category_probability=found.category.probability if found else None,
        priority=found.priority.name if found else None,
        sentiment=found.sentiment.name if found else None,
        language=found.language.name if found else None,
        article_ids=tuple(dict.fromkeys(passage.article_id for passage in context.draft.passages))
        if context.draft
        else (),
        decided_by=context.decision.by if context.decision else None,
    )
    await context.services.stores.records.put(record)
    await _ask_afterwards(context)
    return Outcome(output="logged", note=result)


async def _ask_afterwards(context: NodeContext) -> None:
    sent = context.reply
    if sent is None or sent.state is not ReplyState.SENT or context.classification is None or context.draft is None:
        return
    services = context.services
    if (
        not services.assurance.drawn(context.execution_id)
        or not (await services.stores.outbox.get(sent.reply_id)).automatic
    ):
        return
    review = Review(
        id=ReviewId(f"{context.key}/audit"),
        kind=ReviewKind.AUDIT,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=AUDIT_RANK,
        reason=_WHY,
        draft=context.draft,
        status=ReviewStatus.OPEN,
        created_at=services.clock.now(),
    )
    await services.stores.reviews.add(review)


def _result(context: NodeContext) -> str:
    if context.ignored is not None:
        return f"ignored: {context.ignored}"
    if context.reply is not None:
        return context.reply.state.value
    if context.decision is not None and sends_nothing(context.decision):
        answered = context.decision.verdict is Verdict.ANSWERED_ELSEWHERE
        return Verdict.ANSWERED_ELSEWHERE.value if answered else "rejected"
    return "observed"
