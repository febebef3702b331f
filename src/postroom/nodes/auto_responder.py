"""Auto Responder: drafts an answer from approved articles and says whether it is sure of it."""

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode
from postroom.model.workflow import RetryPolicy


class AutoResponderConfig(BaseModel):
    """Who drafts, and from where on it is sure."""

    model_config = ConfigDict(extra="forbid")

    responder: str = Field(default="articles", description="The responder that drafts the answer.")
    threshold: float = Field(
        default=ANSWER_THRESHOLD, ge=0, le=1, description="The probability from which on a draft needs no person."
    )


@node(
    name="auto_responder",
    title="Auto Responder",
    config=AutoResponderConfig,
    outputs=("sure", "unsure"),
    effect=Effect.READ,
    retry=RetryPolicy(max_attempts=4, interval_seconds=1, timeout_seconds=60),
)
async def auto_responder(context: NodeContext, config: AutoResponderConfig) -> Outcome:
    """Draft an answer; `sure` only above the threshold, in mode automatic, and where nothing asks for a person."""
    responder = context.services.responders.get(config.responder)
    if responder is None or context.classification is None:
        missing = "a classification" if responder else f"the responder {config.responder!r}"
        raise ConfigurationError(
            f"The auto responder lacks {missing}.", hint="Put an AI Classifier before it and name a known responder."
        )
    draft = await responder.respond(context.email, context.classification)
    doubt = _doubt(context, config, draft)
    articles = ", ".join(dict.fromkeys(passage.article_id for passage in draft.passages)) or "none"
    note = f"articles {articles} ({draft.probability:.2f})" + (f"; {doubt}" if doubt else "")
    return Outcome(output="unsure" if doubt else "sure", draft=draft, note=note)


def _doubt(context: NodeContext, config: AutoResponderConfig, draft: Draft) -> str | None:
    if draft.probability < config.threshold:
        return f"below {config.threshold:.2f}"
    if not draft.passages:
        return "no passage supports it"
    if context.email.cautions:
        return f"only a person may answer: {', '.join(context.email.cautions)}"
    if context.mailbox.mode is not Mode.AUTOMATIC and not context.dry_run:
        return f"the mailbox is in mode {context.mailbox.mode}"
    return None
