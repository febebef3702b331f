"""Reminders and alarms: what people are told by the engine itself."""

import asyncio
from datetime import timedelta

import structlog

from postroom.errors import PostroomError
from postroom.interfaces.node import Services
from postroom.model.notification import Notification, Severity

log = structlog.get_logger()


async def remind(services: Services, *, after: timedelta) -> None:
    """Tell every notifier about each review of rank 0 that was last told of longer than `after` ago."""
    now = services.clock.now()
    for review in await services.stores.reviews.to_remind(before=now - after):
        notification = Notification(
            key=f"{review.id}/reminder/{now:%Y%m%d%H%M}",
            severity=Severity.URGENT,
            title="A review at the top of the queue waits for somebody",
            text=review.reason,
            email_id=review.email_id,
            execution_id=review.execution_id,
        )
        await _tell_all(services, notification)
        await services.stores.reviews.reminded(review.id, at=now)


async def tell_alarms(services: Services) -> None:
    """Tell every notifier about each alarm that nobody was told of; one that nobody took is told again next time."""
    for alarm in await services.stores.alarms.untold():
        notification = Notification(
            key=f"alarm/{alarm.key}/{alarm.raised_at:%Y%m%d%H%M%S}",
            severity=Severity.ALARM,
            title=alarm.title,
            text=alarm.text,
        )
        if await _tell_all(services, notification):
            await services.stores.alarms.told(alarm.key, at=services.clock.now())


async def _tell_all(services: Services, notification: Notification) -> int:
    """Tell every notifier at once, whatever becomes of the others, and return how many took it."""
    notifiers = dict(services.notifiers)
    answers = await asyncio.gather(
        *(notifier.notify(notification) for notifier in notifiers.values()), return_exceptions=True
    )
    failures = {name: answer for name, answer in zip(notifiers, answers, strict=True) if answer is not None}
    for name, error in failures.items():
        if isinstance(error, PostroomError):
            log.error("not_told", notifier=name, key=notification.key, problem=error.message, hint=error.hint)
        else:
            log.error("notifier_broke", notifier=name, exc_info=error, hint="Report this as a bug.")
    return len(notifiers) - len(failures)
