"""Webhooks: addresses that are told of events, and the deliveries to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.page import Page
from postroom.model.webhook import DeliveryId, DeliveryState, Webhook, WebhookDelivery, WebhookId


class Webhooks(Protocol):
    """Sees to it that each event has one delivery for each webhook that wants it."""

    async def add(self, webhook: Webhook) -> bool:
        """Store a new webhook; False where its id is taken."""
        ...

    async def change(self, webhook: Webhook) -> bool:
        """Compare-and-set: store it, save its cursor, with revision + 1 where the stored one has its revision."""
        ...

    async def stop(self, webhook_id: WebhookId, *, reason: str) -> bool:
        """Set `stopped`, revision + 1, where it is not; else False."""
        ...

    async def remove(self, webhook_id: WebhookId) -> bool:
        """Forget it and its deliveries; False where there is none."""
        ...

    async def get(self, webhook_id: WebhookId) -> Webhook:
        """Return one webhook.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Webhook]:
        """Return webhooks by id."""
        ...

    async def enqueue(
        self, webhook_id: WebhookId, deliveries: Sequence[WebhookDelivery], *, before: int, after: int
    ) -> bool:
        """Compare-and-set: store the deliveries and move the cursor `before` → `after`, at once; else False."""
        ...

    async def due(self, *, at: datetime, limit: int = 50) -> tuple[WebhookDelivery, ...]:
        """Return pending deliveries of webhooks that are not stopped whose `next_at` is not after `at`, oldest first.

        At most one of each webhook: the one that is due longest.
        """
        ...

    async def record(self, delivery: WebhookDelivery, *, attempts_before: int) -> bool:
        """Compare-and-set: store state, attempts, times and detail where it is pending with that many attempts."""
        ...

    async def deliveries(
        self,
        webhook_id: WebhookId,
        state: DeliveryState | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[WebhookDelivery]:
        """Return the deliveries to one webhook, newest first."""
        ...

    async def delivery(self, delivery_id: DeliveryId) -> WebhookDelivery:
        """Return one delivery.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def retry(self, delivery_id: DeliveryId, *, at: datetime) -> bool:
        """Compare-and-set: failed → pending with no attempts, due at `at` and updated then; False where not failed."""
        ...

    async def forget(self, *, before: datetime) -> None:
        """Delete deliveries that ended before that time."""
        ...
