"""Forgetting: what is worth nothing any more is deleted, an hour after an hour."""

import asyncio
from datetime import timedelta

import structlog

from postroom.actions.past_mail import PastMailFolder
from postroom.errors import PostroomError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
SUBMISSIONS_LAST = timedelta(hours=24)
"""How long asking again under the same Idempotency-Key does nothing again."""
DELIVERIES_LAST = timedelta(days=30)
"""How long it can be seen what became of what a webhook was told."""


async def forget_forever(stores: Stores, clock: Clock, files: PastMailFolder) -> None:
    """Forget once an hour until cancelled."""
    while True:
        try:
            await forget(stores, clock, files)
        except PostroomError as error:
            log.warning("nothing_forgotten", problem=error.message, hint=error.hint)
        await asyncio.sleep(EVERY_SECONDS)


async def forget(stores: Stores, clock: Clock, files: PastMailFolder) -> None:
    """Delete expired credentials, submissions of a day ago, and ended deliveries and past mail of 30 days ago.

    Raises:
        StoreError: the store cannot be used; what is left is deleted another time.
    """
    now = clock.now()
    await stores.credentials.forget(before=now)
    await stores.submissions.forget(before=now - SUBMISSIONS_LAST)
    await stores.webhooks.forget(before=now - DELIVERIES_LAST)
    await files.forget(now=now)
