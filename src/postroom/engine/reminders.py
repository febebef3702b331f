"""Reminders and alarms: what people are told by the engine itself."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from postroom.errors import PostroomError
from postroom.interfaces.node import Services
from postroom.model.alarm import Alarm
from postroom.model.notification import Notification, Severity

log = structlog.get_logger()

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    length: timedelta
    until: datetime


class Backoff:
    """Remembers which alarms nobody took, so that each is tried again after 1, 2, 4 … and at last every 60 minutes."""

    def __init__(self) -> None:
        self._waits: dict[str, _Wait] = {}

    def is_over(self, key: str, now: datetime) -> bool:
        """Return whether it is time to try `key`."""
        return key not in self._waits or now >= self._waits[key].until

    def failed(self, key: str, now: datetime) -> None:
        """Note that nobody took `key`."""
        before = self._waits.get(key)
        length = min(before.length * 2, LONGEST_WAIT) if before else FIRST_WAIT
        self._waits[key] = _Wait(length=length, until=now + length)

    def keep_only(self, keys: set[str]) -> None:
        """Forget all other keys."""
        self._waits = {key: wait for key, wait in self._waits.items() if key in keys}


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


async def tell_alarms(services: Services, patience: Backoff) -> None:
    """Tell every notifier about each alarm that nobody was told of; one that nobody took waits by `patience`."""
    now = services.clock.now()
    untold = {_alarm_key(alarm): alarm for alarm in await services.stores.alarms.untold()}
    patience.keep_only(set(untold))
    for key, alarm in untold.items():
        if not services.notifiers or not patience.is_over(key, now):
            continue
        notification = Notification(key=key, severity=Severity.ALARM, title=alarm.title, text=alarm.text)
        if await _tell_all(services, notification):
            await services.stores.alarms.told(alarm.key, at=services.clock.now())
        else:
            patience.failed(key, now)


def _alarm_key(alarm: Alarm) -> str:
    return f"alarm/{alarm.key}/{alarm.raised_at:%Y%m%d%H%M%S}"


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
