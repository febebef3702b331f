"""Data Logger: writes the record of what was decided, without the text of the mail."""

from pydantic import BaseModel, ConfigDict

from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import Outcome
from postroom.model.record import Record
from postroom.model.review import Verdict
from postroom.outbox.verdicts import sends_nothing


class DataLoggerConfig(BaseModel):
    """The data logger has no settings."""

    model_config = ConfigDict(extra="forbid")


@node(name="data_logger", title="Data Logger", config=DataLoggerConfig, outputs=("logged",), effect=Effect.KEYED)
async def data_logger(context: NodeContext, config: DataLoggerConfig) -> Outcome:
    """Write one record per execution; a later run replaces it."""
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
    return Outcome(output="logged", note=result)


def _result(context: NodeContext) -> str:
    if context.ignored is not None:
        return f"ignored: {context.ignored}"
    if context.reply is not None:
        return context.reply.state.value
    if context.decision is not None and sends_nothing(context.decision):
        answered = context.decision.verdict is Verdict.ANSWERED_ELSEWHERE
        return Verdict.ANSWERED_ELSEWHERE.value if answered else "rejected"
    return "observed"
