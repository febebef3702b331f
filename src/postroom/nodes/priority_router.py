"""Priority Router: urgent mail to people at once, clear questions to the responder, the rest to people."""

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.interfaces.assurance import is_sure
from postroom.interfaces.node import NodeContext, node
from postroom.model.classification import Classification
from postroom.model.execution import Outcome


class PriorityRouterConfig(BaseModel):
    """Where the lines between the four outputs run."""

    model_config = ConfigDict(extra="forbid")

    urgent_priorities: list[str] = Field(default=["urgent"], description="Priorities that leave by `urgent`.")
    urgent_probability: float = Field(default=0.5, ge=0, le=1, description="How probable such a priority must be.")
    category_probability: float = Field(
        default=0.5, ge=0, le=1, description="Below it the category is `uncertain` and a person decides."
    )
    complex_categories: list[str] = Field(default=[], description="Categories that always leave by `complex`.")
    max_words: int = Field(default=400, ge=1, description="Longer mails leave by `complex`.")


@node(
    name="priority_router",
    title="Priority Router",
    config=PriorityRouterConfig,
    outputs=("urgent", "uncertain", "complex", "common"),
)
async def priority_router(context: NodeContext, config: PriorityRouterConfig) -> Outcome:
    """Choose one of four ways; what speaks against an automatic answer weighs more than what speaks for it."""
    if context.classification is None:
        raise ConfigurationError(
            "The router got an e-mail without a classification.", hint="Put an AI Classifier before the router."
        )
    output, note = _way(context, config, context.classification)
    return Outcome(output=output, note=note)


def _way(context: NodeContext, config: PriorityRouterConfig, found: Classification) -> tuple[str, str]:
    priority, category = found.priority, found.category
    # What is no number is no reason to let it wait.
    if priority.name in config.urgent_priorities and not priority.probability < config.urgent_probability:
        return "urgent", f"priority {priority.name} ({priority.probability:.2f})"
    if context.email.cautions:
        return "complex", f"only a person may answer: {', '.join(context.email.cautions)}"
    if not is_sure(category.probability, config.category_probability):
        return "uncertain", f"category {category.name} is only {category.probability:.2f} sure"
    if category.name in config.complex_categories:
        return "complex", f"category {category.name} is for people"
    words = len(context.email.new_text.split())
    if words > config.max_words:
        return "complex", f"{words} words, more than {config.max_words}"
    return "common", f"category {category.name} ({category.probability:.2f})"
