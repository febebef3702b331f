"""Reminders: reviews at the top of the queue (urgent, failed, uncertain) that nobody has taken are told again."""

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
        for name, notifier in services.notifiers.items():
            try:
                await notifier.notify(notification)
            except PostroomError as error:
                log.error("reminder_not_given", notifier=name, problem=error.message, hint=error.hint)  # noqa: TRY400
        await services.stores.reviews.reminded(review.id, at=now)
