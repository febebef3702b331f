"""What a webhook is told of an event."""

import json
from dataclasses import replace

from contracts.store_nouns import arrival, at, event
from postroom.actions.webhook_body import Bodies, delivery_id
from postroom.interfaces.stores import Stores
from postroom.model.execution import EventKind, Failure
from postroom.model.webhook import WebhookId

ONE, TWO = WebhookId("wh_one"), WebhookId("wh_two")


async def test_the_same_event_has_the_same_id_at_one_webhook_and_another_at_the_next(stores: Stores) -> None:
    told = replace(event("e1", EventKind.EXECUTION_SUCCEEDED), cursor=7)
    bodies = Bodies(stores.executions)
    first, again = await bodies.delivery(ONE, told, at=at(1)), await bodies.delivery(ONE, told, at=at(9))
    assert first.id == again.id == delivery_id(ONE, 7)
    assert first.body == again.body
    assert (await bodies.delivery(TWO, told, at=at(1))).id != first.id
    assert delivery_id(ONE, 8) != first.id


async def test_it_says_kind_time_ids_and_failure(stores: Stores) -> None:
    mail = arrival(1)
    await stores.ledger.accept([mail])
    failure = Failure(code="plugin", message="It broke.")
    told = replace(event(mail.execution_id, EventKind.NODE_FAILED, node="send"), cursor=3, failure=failure)
    body = json.loads((await Bodies(stores.executions).delivery(ONE, told, at=at(1))).body)
    assert set(body) == {"type", "timestamp", "data"}
    assert (body["type"], body["timestamp"]) == ("node.failed", "2026-03-01T09:00:00Z")
    data = body["data"]
    assert (data["execution_id"], data["email_id"], data["mailbox_id"]) == (mail.execution_id, mail.email_id, "shop")
    assert data["failure"] == {"code": "plugin", "message": "It broke.", "hint": "", "retryable": False}
