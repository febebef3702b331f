"""Urgent Handler: tells people at once."""

import asyncio
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError, PluginError, PostroomError, TransientError
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
    answers = await asyncio.gather(*(notifiers[name].notify(notification) for name in names), return_exceptions=True)
    _require_all_told({name: answer for name, answer in zip(names, answers, strict=True) if answer is not None})
    return Outcome(output="notified", note=f"told {', '.join(names)}")


def _require_all_told(failures: Mapping[str, BaseException]) -> None:
    # One that fails must not keep the others from being told, so they are looked at together.
    for error in failures.values():
        if not isinstance(error, PostroomError):
            raise error
    if failures:
        told = "; ".join(f"{name}: {error}" for name, error in failures.items())
        hint = " ".join(error.hint for error in failures.values() if isinstance(error, PostroomError))
        again = any(isinstance(error, PostroomError) and error.retryable for error in failures.values())
        raise (TransientError if again else PluginError)(f"Not everyone could be told: {told}", hint=hint)


def _text(context: NodeContext) -> str:
    found = context.classification
    about = f"about {found.category.name}, tone {found.sentiment.name}" if found else "not classified"
    return f"An urgent e-mail arrived in {context.stored.mailbox_id} ({about}). It is first in the review queue."
