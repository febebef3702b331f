"""Auto Responder: drafts an answer from approved articles and says whether it is sure of it."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.guard.answerable import against_rules, against_today, as_if_automatic, is_answerable
from postroom.interfaces.assurance import is_sure
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.workflow import RetryPolicy

NEVER_AUTOMATE = "never_automate"


class AutoResponderConfig(BaseModel):
    """Who drafts, and from where on it is sure."""

    model_config = ConfigDict(extra="forbid")

    responder: str = Field(default="articles", description="The responder that drafts the answer.")
    threshold: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="The probability that a draft must have at least to need no person, whatever is guaranteed.",
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
    """Draft an answer; `sure` only above the guaranteed threshold, in mode automatic, where nothing asks for a person.

    The guarantee comes from what people have reviewed and audited: where it cannot be given, every draft is unsure. The
    draft says whether that or the mode of the mailbox alone could stop it: only then is it evidence. It also says
    whether a draft of anybody else could have gone out: then the mail is evidence about others.

    Mail that the mailbox keeps from machines (`never_automate`) gets no draft at all.
    """
    responder = context.services.responders.get(config.responder)
    if responder is None or context.classification is None:
        missing = "a classification" if responder else f"the responder {config.responder!r}"
        raise ConfigurationError(
            f"The auto responder lacks {missing}.", hint="Put an AI Classifier before it and name a known responder."
        )
    if NEVER_AUTOMATE in context.email.cautions:
        return Outcome(output="unsure", note="a list of the mailbox keeps this e-mail from machines: no draft")
    signature = context.mailbox.address.name
    draft = await responder.respond(context.email, context.classification, signature=signature)
    assurance = context.services.assurance
    draft = replace(draft, generated=assurance.generates(context.mailbox))
    ruling = assurance.ruling(context.mailbox, context.classification, draft)
    wanted, today, allowed = (
        _of_the_draft(config, draft),
        await against_today(context),
        as_if_automatic(context.mailbox),
    )
    rules = against_rules(context, allowed)
    doubt = ruling.doubt_about(draft) or wanted
    doubt = doubt or (rules if context.dry_run else against_rules(context, context.mailbox)) or today
    eligible = not (wanted or rules or today)
    draft = replace(draft, eligible=eligible, answerable=await is_answerable(context), all_seen=not ruling.automation)
    articles = ", ".join(dict.fromkeys(passage.article_id for passage in draft.passages)) or "none"
    told = (f"articles {articles} ({draft.probability:.2f})", doubt, draft.note)
    return Outcome(output="unsure" if doubt else "sure", draft=draft, note="; ".join(filter(None, told)))


def _of_the_draft(config: AutoResponderConfig, draft: Draft) -> str | None:
    if not is_sure(draft.probability, config.threshold):
        return f"below {config.threshold:.2f}"
    return None if draft.passages else "no passage supports it"
