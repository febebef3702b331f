"""A webhook: a web address that is told of events, and the deliveries to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.execution import EventKind

WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that gets the events of `kinds` (none: of every kind), signed with a secret kept `sealed`.

    `url` may hold a secret in its path: only administrators see it. `cursor` is the last event that was looked at for
    it. `stopped` says why it gets nothing any more, empty while it does. Times are UTC; `revision` counts the changes
    that people made.
    """

    id: WebhookId
    url: str
    sealed: str
    kinds: tuple[EventKind, ...]
    cursor: int
    created_at: datetime
    updated_at: datetime
    stopped: str = ""
    revision: int = 0


class DeliveryState(StrEnum):
    """How far a delivery got."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event for one webhook: `id` is made from both, is the `webhook-id`, and the same in every try.

    `body` is the JSON that is posted. `next_at` is when it is tried (again); `detail` says how the last try ended.
    """

    id: DeliveryId
    webhook_id: WebhookId
    event_cursor: int
    body: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    created_at: datetime
    updated_at: datetime
    detail: str = ""
