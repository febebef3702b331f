"""Urgent Handler: tells people at once."""

import asyncio
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError, PluginError, PostroomError, TransientError
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.model.execution import Outcome
from postroom.model.notification import Notification, Severity
from postroom.model.opening_hours import is_open
from postroom.model.workflow import RetryPolicy


class UrgentHandlerConfig(BaseModel):
    """Who is told."""

    model_config = ConfigDict(extra="forbid")

    notifiers: list[str] = Field(default=[], description="Names of notifiers; empty: all that are configured.")
    timeout_seconds: float = Field(default=50.0, gt=0, le=55, description="How long one notifier may take.")


@node(
    name="urgent_handler",
    title="Urgent Handler",
    config=UrgentHandlerConfig,
    outputs=("notified",),
    effect=Effect.EFFECT,
    retry=RetryPolicy(max_attempts=5, interval_seconds=2, timeout_seconds=60),
)
async def urgent_handler(context: NodeContext, config: UrgentHandlerConfig) -> Outcome:
    """Notify everyone configured, or, outside the mailbox's opening hours, those it names for that time.

    A retry tells only those that an earlier try could not, whatever kept the others from it; after a crash all may be
    told again under the same key.
    """
    notifiers = context.services.notifiers
    names, hours = _names(context, config)
    if context.dry_run:
        _require_known(context, names)
        return Outcome(output="notified", note=f"would tell {_listed(names)}{hours}")
    waiting = [name for name in names if name in notifiers and name not in context.done]
    notification = _notification(context)

    async def tell(name: str) -> None:
        # One that hangs must end before the node does, or nobody learns what the others said.
        try:
            async with asyncio.timeout(config.timeout_seconds):
                await notifiers[name].notify(notification)
        except TimeoutError as error:
            raise TransientError(
                f"no answer within {config.timeout_seconds:g} s", hint=f"Check the notifier {name!r} if this lasts."
            ) from error
        context.done.add(name)

    answers = await asyncio.gather(*(tell(name) for name in waiting), return_exceptions=True)
    _require_all_told({name: answer for name, answer in zip(waiting, answers, strict=True) if answer is not None})
    _require_known(context, names)
    return Outcome(output="notified", note=f"told {_listed(names)}{hours}")


def _names(context: NodeContext, config: UrgentHandlerConfig) -> tuple[Sequence[str], str]:
    """Return whom to tell, each once, and what the note says of the hour."""
    mailbox = context.mailbox
    now = context.services.clock.now()
    if mailbox.after_hours_notifiers and not is_open(mailbox.opening_hours, now, time_zone=mailbox.time_zone):
        return tuple(dict.fromkeys(mailbox.after_hours_notifiers)), " (outside the opening hours)"
    return tuple(dict.fromkeys(config.notifiers)) or tuple(sorted(context.services.notifiers)), ""


def _require_known(context: NodeContext, names: Sequence[str]) -> None:
    # Only after the others were told: a wrong name must not keep an urgent e-mail from everybody.
    known = context.services.notifiers
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigurationError(
            f"There is no notifier {unknown[0]!r}.", hint=f"Configured are: {', '.join(sorted(known)) or 'none yet'}."
        )


def _require_all_told(failures: Mapping[str, BaseException]) -> None:
    # Looked at together: as long as one may be told later, no other failure ends the tries.
    known = {name: error for name, error in failures.items() if isinstance(error, PostroomError)}
    again = any(error.retryable for error in known.values())
    for error in failures.values():
        if not again and not isinstance(error, PostroomError):
            raise error
    if failures:
        told = "; ".join(f"{name}: {known.get(name) or type(error).__name__}" for name, error in failures.items())
        hint = " ".join(error.hint for error in known.values())
        raise (TransientError if again else PluginError)(f"Not everyone could be told: {told}", hint=hint)


def _notification(context: NodeContext) -> Notification:
    return Notification(
        key=context.key,
        severity=Severity.URGENT,
        title="Urgent e-mail",
        text=_text(context),
        email_id=context.stored.id,
        execution_id=context.execution_id,
    )


def _text(context: NodeContext) -> str:
    found = context.classification
    about = f"about {found.category.name}, tone {found.sentiment.name}" if found else "not classified"
    return f"An urgent e-mail arrived in {context.stored.mailbox_id} ({about}). It is first in the review queue."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nobody: no notifier is configured"
