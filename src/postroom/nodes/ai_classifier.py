"""AI Classifier: says what the e-mail is about, how urgent it is, its tone and its language."""

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import classifier_in_use
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import Outcome
from postroom.model.workflow import RetryPolicy


class AiClassifierConfig(BaseModel):
    """Which classifier labels the e-mail."""

    model_config = ConfigDict(extra="forbid")

    classifier: str | None = Field(
        default=None,
        title="Classifier",
        description="The kind of classifier that labels the e-mail; null: the one in use.",
    )


@node(
    name="ai_classifier",
    title="AI Classifier",
    config=AiClassifierConfig,
    outputs=("classified",),
    effect=Effect.READ,
    retry=RetryPolicy(max_attempts=4, interval_seconds=1, timeout_seconds=60),
)
async def ai_classifier(context: NodeContext, config: AiClassifierConfig) -> Outcome:
    """Label the e-mail; the labels are journalled, so a later model never changes an execution under way."""
    installed = context.services.classifiers
    classifier = installed.get(config.classifier) if config.classifier else classifier_in_use(installed)
    if classifier is None:
        raise ConfigurationError(
            f"There is no classifier {config.classifier!r}." if config.classifier else "There is no classifier in use.",
            hint=f"Installed are: {', '.join(sorted(installed)) or 'none'}.",
        )
    found = await classifier.classify(context.email)
    labels = (found.category, found.priority, found.sentiment, found.language)
    told = ", ".join(f"{label.name} {label.probability:.2f}" for label in labels)
    return Outcome(output="classified", classification=found, note="; ".join(filter(None, (told, found.note))))
