"""Urgent Handler: tells people at once."""

import asyncio

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import Outcome
from postroom.model.notification import Notification, Severity
from postroom.model.workflow import RetryPolicy


class UrgentHandlerConfig(BaseModel):
    """Who is told."""

    model_config = ConfigDict(extra="forbid")

    notifiers: list[str] = Field(default=[], description="Names of notifiers; empty: all that are configured.")


@node(
    name="urgent_handler",
    title="Urgent Handler",
    config=UrgentHandlerConfig,
    outputs=("notified",),
    effect=Effect.EFFECT,
    retry=RetryPolicy(max_attempts=5, interval_seconds=2, timeout_seconds=60),
)
async def urgent_handler(context: NodeContext, config: UrgentHandlerConfig) -> Outcome:
    """Notify everyone configured; after a crash the same notification may be told again under the same key."""
    notifiers = context.services.notifiers
    names = config.notifiers or sorted(notifiers)
    unknown = [name for name in names if name not in notifiers]
    if unknown:
        raise ConfigurationError(
            f"There is no notifier {unknown[0]!r}.", hint=f"Configured are: {', '.join(sorted(notifiers))}."
        )
    if context.dry_run:
        return Outcome(output="notified", note=f"would tell {', '.join(names)}")
    notification = Notification(
        key=context.key,
        severity=Severity.URGENT,
        title="Urgent e-mail",
        text=_text(context),
        email_id=context.stored.id,
        execution_id=context.execution_id,
    )
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(notifiers[name].notify(notification))
    return Outcome(output="notified", note=f"told {', '.join(names)}")


def _text(context: NodeContext) -> str:
    found = context.classification
    about = f"about {found.category.name}, tone {found.sentiment.name}" if found else "not classified"
    return f"An urgent e-mail arrived in {context.stored.mailbox_id} ({about}). It is first in the review queue."
