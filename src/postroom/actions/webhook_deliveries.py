"""Delivers events to webhooks: each event is one delivery for each webhook that wants it, posted until it is taken.

A delivery is stored together with the cursor behind its event, and claimed before it is posted: whenever the process
is killed, every event has exactly one delivery, posted at least once and always under the same `webhook-id`
(standardwebhooks.com, specification 1.0). Nothing of this is on the way of an execution.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import structlog
from standardwebhooks import Webhook as Signature

from postroom.actions.alarms import open_alarms
from postroom.actions.webhook_body import Bodies
from postroom.errors import NotFoundError, PluginError, PostroomError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.alarm import Alarm
from postroom.model.execution import EventFilter
from postroom.model.webhook import DeliveryState, Webhook, WebhookDelivery, WebhookId
from postroom.notifiers.post import GoneError, Poster, Reach, open_client
from postroom.sealing import Seal

log = structlog.get_logger()

PAGE = 100
IN_PARALLEL = 20
POLL_SECONDS = 1.0
LEASE_MARGIN_SECONDS = 10.0
MINUTE, HOUR = 60.0, 3600.0
# As Standard Webhooks recommends: ten tries within a little more than three days.
RETRY_SECONDS = (5.0, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2.0, 5.0, 10.0, 14.0, 20.0, 24.0)))
TRIES = len(RETRY_SECONDS) + 1
JITTER = 0.1
ALARM_TRIES = 4
GIVEN_UP = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What delivering needs: the stores, what opens secrets, the clock, how far posts may go, and a number in 0..1."""

    stores: Stores
    seal: Seal
    clock: Clock
    reach: Reach
    jitter: Callable[[], float] = random.random


async def deliver_forever(dispatch: Dispatch, *, poll_seconds: float = POLL_SECONDS) -> None:
    """Deliver events to webhooks until cancelled; what is being posted then is posted again after a start."""
    async with open_client() as client, asyncio.TaskGroup() as group:
        dispatcher = Dispatcher(dispatch, client, group)
        while True:
            try:
                more = await dispatcher.step()
            except PostroomError as error:
                log.warning("webhooks_wait", problem=error.message, hint=error.hint)
                more = False
            await dispatcher.wait(0 if more else poll_seconds)


class Dispatcher:
    """Makes deliveries of new events and posts what is due: webhooks side by side, each one at a time."""

    def __init__(self, dispatch: Dispatch, client: httpx.AsyncClient, group: asyncio.TaskGroup) -> None:
        self._dispatch = dispatch
        self._client = client
        self._group = group
        self._bodies = Bodies(dispatch.stores.executions)
        self._lanes: dict[WebhookId, asyncio.Task[None]] = {}
        self._free = asyncio.Event()
        self._sound: set[WebhookId] = set()

    async def step(self) -> bool:
        """Do what there is to do now, one page of events a webhook; True where there is more to read at once.

        Raises:
            StoreError: the store cannot be used now.
        """
        more = False
        # Read first: an event committed in between lies above it, and is met in the next step.
        newest = await self._dispatch.stores.executions.newest_cursor()
        async for webhook in every(lambda after: self._dispatch.stores.webhooks.list(after=after, limit=PAGE)):
            more = await self._enqueue(webhook, newest) or more
        self._free.clear()
        for delivery in await self._dispatch.stores.webhooks.due(at=self._dispatch.clock.now(), limit=PAGE):
            if delivery.webhook_id not in self._lanes and len(self._lanes) < IN_PARALLEL:
                lane = self._group.create_task(self._lane(delivery))
                self._lanes[delivery.webhook_id] = lane
        return more

    async def wait(self, seconds: float) -> None:
        """Return once a post has ended, at the latest after that time."""
        try:
            async with asyncio.timeout(seconds):
                await self._free.wait()
        except TimeoutError:
            return

    async def settled(self) -> None:
        """Return once nothing is being posted."""
        await asyncio.gather(*self._lanes.values())

    async def _enqueue(self, webhook: Webhook, newest: int) -> bool:
        """Make deliveries of the next page of events; True where there may be more."""
        stores = self._dispatch.stores
        if webhook.stopped or newest <= webhook.cursor:
            return False
        wanted = EventFilter(kinds=webhook.kinds)
        events = await stores.executions.events(wanted, after=webhook.cursor, limit=PAGE)
        full = len(events) == PAGE
        after = events[-1].cursor if full else max(newest, events[-1].cursor if events else 0)
        now = self._dispatch.clock.now()
        deliveries = [await self._bodies.delivery(webhook.id, event, at=now) for event in events]
        await stores.webhooks.enqueue(webhook.id, deliveries, before=webhook.cursor, after=after)
        return full

    async def _lane(self, delivery: WebhookDelivery) -> None:
        try:
            await self._deliver(delivery)
        except NotFoundError:
            log.info("webhook_gone_meanwhile", webhook_id=delivery.webhook_id)
        except PostroomError as error:
            log.warning("webhooks_wait", problem=error.message, hint=error.hint)
        finally:
            del self._lanes[delivery.webhook_id]
            self._free.set()

    async def _deliver(self, delivery: WebhookDelivery) -> None:
        """Claim a delivery, post it, and note what came of it."""
        webhooks, clock = self._dispatch.stores.webhooks, self._dispatch.clock
        webhook = await webhooks.get(delivery.webhook_id)
        began = clock.now()
        lease = timedelta(seconds=self._dispatch.reach.timeout_seconds + LEASE_MARGIN_SECONDS)
        claimed = replace(delivery, attempts=delivery.attempts + 1, next_at=began + lease, updated_at=began)
        if not await webhooks.record(claimed, attempts_before=delivery.attempts):
            return
        failure = await self._posted(webhook, claimed)
        if failure is None:
            done = replace(claimed, state=DeliveryState.DELIVERED, updated_at=clock.now(), detail="")
            await webhooks.record(done, attempts_before=claimed.attempts)
            await self._note_success(webhook)
            return
        ended = replace(_after_failure(claimed, clock.now(), self._dispatch.jitter()), detail=_in_words(failure))
        await webhooks.record(ended, attempts_before=claimed.attempts)
        log.info("webhook_not_delivered", webhook_id=webhook.id, attempts=ended.attempts, state=ended.state.value)
        await self._note_failure(webhook, ended, failure)

    async def _posted(self, webhook: Webhook, delivery: WebhookDelivery) -> PostroomError | None:
        """Return why a post was not taken, None where it was."""
        try:
            await post_signed(self._dispatch, self._client, webhook, delivery)
        except PostroomError as error:
            return error
        except Exception as error:
            # Mail is handled in the same process: a bug here must not end it.
            log.exception("webhook_broke", webhook_id=webhook.id, hint="Report this as a bug.")
            return PluginError(f"The delivery broke off ({type(error).__name__}).", hint="Report this as a bug.")
        return None

    async def _note_success(self, webhook: Webhook) -> None:
        if webhook.id not in self._sound:
            await self._dispatch.stores.alarms.clear(failing_alarm(webhook.id), at=self._dispatch.clock.now())
            self._sound.add(webhook.id)

    async def _note_failure(self, webhook: Webhook, delivery: WebhookDelivery, failure: PostroomError) -> None:
        self._sound.discard(webhook.id)
        if isinstance(failure, GoneError):
            await stop_webhook(self._dispatch, webhook, "The other side answered 410: it wants nothing any more.")
            return
        if delivery.attempts < ALARM_TRIES:
            return
        now = self._dispatch.clock.now()
        alarm = Alarm(
            key=failing_alarm(webhook.id),
            title=f"The webhook {webhook.id} does not take events",
            text=f"{_in_words(failure)} It is tried again, and stopped where this lasts {GIVEN_UP.days} days.",
            raised_at=now,
        )
        if await self._dispatch.stores.alarms.sound(alarm):
            return
        began = [one.raised_at for one in await open_alarms(self._dispatch.stores) if one.key == alarm.key]
        if any(now - raised_at >= GIVEN_UP for raised_at in began):
            reason = f"Nothing was taken for {GIVEN_UP.days} days: {_in_words(failure)}"
            await stop_webhook(self._dispatch, webhook, reason)


async def post_signed(
    dispatch: Dispatch, client: httpx.AsyncClient, webhook: Webhook, delivery: WebhookDelivery
) -> None:
    """Post one delivery, signed as of now, and return once the other side took it.

    Raises:
        ConfigurationError: its secret or address cannot be used. PluginError: it was not taken; GoneError: for good.
    """
    secret = dispatch.seal.open(webhook.sealed, place=place_of(webhook.id))
    moment = dispatch.clock.now().astimezone(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Signature(secret).sign(delivery.id, moment, delivery.body),
    }
    await Poster(webhook.url, client, dispatch.reach).post(delivery.body.encode(), headers)


async def stop_webhook(dispatch: Dispatch, webhook: Webhook, reason: str) -> None:
    """Let a webhook get nothing any more, and tell people."""
    stores, now = dispatch.stores, dispatch.clock.now()
    if not await stores.webhooks.stop(webhook.id, reason=reason):
        return
    await stores.alarms.clear(failing_alarm(webhook.id), at=now)
    await stores.alarms.sound(
        Alarm(
            key=stopped_alarm(webhook.id),
            title=f"The webhook {webhook.id} is stopped",
            text=f"{reason} Mend the other side and enable the webhook again, or remove it.",
            raised_at=now,
        )
    )


def place_of(webhook_id: WebhookId) -> str:
    """Return what the secret of a webhook is bound to."""
    return f"webhook/{webhook_id}"


def failing_alarm(webhook_id: WebhookId) -> str:
    """Return the key of the alarm that a webhook does not take events."""
    return f"webhook_failing/{webhook_id}"


def stopped_alarm(webhook_id: WebhookId) -> str:
    """Return the key of the alarm that a webhook was stopped."""
    return f"webhook_stopped/{webhook_id}"


def _after_failure(delivery: WebhookDelivery, now: datetime, jitter: float) -> WebhookDelivery:
    """Return a delivery that was not taken: due again later, or failed after its last try."""
    if delivery.attempts >= TRIES:
        return replace(delivery, state=DeliveryState.FAILED, updated_at=now)
    pause = RETRY_SECONDS[delivery.attempts - 1] * (1 + JITTER * jitter)
    return replace(delivery, next_at=now + timedelta(seconds=pause), updated_at=now)


def _in_words(failure: PostroomError) -> str:
    return f"{failure.message} {failure.hint}".strip()[:1000]
