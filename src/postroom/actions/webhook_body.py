"""What a webhook is told of an event: one JSON body, the same in every try."""

import hashlib
import json
from datetime import datetime

from postroom.errors import NotFoundError
from postroom.interfaces.stores.executions import Executions
from postroom.model.execution import Event, ExecutionId
from postroom.model.webhook import DeliveryId, DeliveryState, WebhookDelivery, WebhookId
from postroom.model.workflow import JsonValue

REMEMBERED = 1000


class Bodies:
    """Makes deliveries; remembers which e-mail and mailbox the executions it met lately belong to."""

    def __init__(self, executions: Executions) -> None:
        self._executions = executions
        self._known: dict[ExecutionId, dict[str, JsonValue]] = {}

    async def delivery(self, webhook_id: WebhookId, event: Event, *, at: datetime) -> WebhookDelivery:
        """Return the delivery of an event to a webhook, due at once."""
        ids = await self._ids(event.execution_id)
        return WebhookDelivery(
            id=delivery_id(webhook_id, event.cursor),
            webhook_id=webhook_id,
            event_cursor=event.cursor,
            body=json.dumps({**_told(event), "data": {**_event(event), **ids}}),
            state=DeliveryState.PENDING,
            attempts=0,
            next_at=at,
            created_at=at,
            updated_at=at,
        )

    async def _ids(self, execution_id: ExecutionId) -> dict[str, JsonValue]:
        known = self._known.get(execution_id)
        if known is not None:
            return known
        try:
            found = await self._executions.get(execution_id)
        except NotFoundError:
            return {"email_id": None, "mailbox_id": None, "dry_run": None}
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        ids: dict[str, JsonValue] = {
            "email_id": found.email_id,
            "mailbox_id": found.mailbox_id,
            "dry_run": found.dry_run,
        }
        self._known[execution_id] = ids
        return ids


def delivery_id(webhook_id: WebhookId, cursor: int) -> DeliveryId:
    """Return the id of the delivery of one event to one webhook."""
    return DeliveryId(f"msg_{hashlib.sha256(f'{webhook_id}/{cursor}'.encode()).hexdigest()[:32]}")


def trial_delivery(webhook_id: WebhookId, nonce: str, *, at: datetime) -> WebhookDelivery:
    """Return a delivery that tells of no event, to see whether posts arrive."""
    body = {"type": "webhook.test", "timestamp": _moment(at), "data": {"webhook_id": webhook_id}}
    return WebhookDelivery(
        id=DeliveryId(f"msg_test_{nonce}"),
        webhook_id=webhook_id,
        event_cursor=0,
        body=json.dumps(body),
        state=DeliveryState.PENDING,
        attempts=1,
        next_at=at,
        created_at=at,
        updated_at=at,
    )


def _told(event: Event) -> dict[str, JsonValue]:
    return {"type": event.kind.value.replace("_", ".", 1), "timestamp": _moment(event.at)}


def _event(event: Event) -> dict[str, JsonValue]:
    failure = event.failure
    return {
        "cursor": event.cursor,
        "execution_id": event.execution_id,
        "workflow": event.workflow,
        "node_id": event.node_id,
        "attempt": event.attempt,
        "kind": event.kind.value,
        "at": _moment(event.at),
        "output": event.output,
        "note": event.note,
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "message": failure.message,
            "hint": failure.hint,
            "retryable": failure.retryable,
        },
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
