"""Webhooks by API: administrators only, secrets shown once, tried against a real server."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook as Signature

from api.conftest import Rooms
from contracts.notifier_contract import LoopbackServer, loopback_server
from postroom.actions.webhook_body import delivery_id
from postroom.actions.webhook_deliveries import place_of
from postroom.api import webhooks
from postroom.model.alarm import Alarm
from postroom.model.execution import Event, EventKind, ExecutionId
from postroom.model.user import Role
from postroom.model.webhook import DeliveryState, WebhookDelivery, WebhookId
from postroom.notifiers.post import Reach
from postroom.sealing import Seal

PLACE = "/api/v1/webhooks"
GIVEN = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@pytest.fixture
async def admin(rooms: Rooms) -> httpx.AsyncClient:
    rooms.office = replace(rooms.office, reach=Reach(private_allowed=True, timeout_seconds=0.5))
    return await rooms.client(rooms.app(webhooks.ROUTER))


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with loopback_server() as running:
        yield running


async def made(admin: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    response = await admin.post(PLACE, json={"url": "https://hooks.example.com/very-secret", **fields})
    assert response.status_code == 201, response.text
    body = response.json()
    assert isinstance(body, dict)
    return {"secret": body["secret"], **body["webhook"]}


async def test_a_new_webhook_shows_its_secret_once_and_begins_now(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await rooms.stores.executions.record([event(1), event(2)])
    webhook = await made(admin, kinds=["execution_failed", "execution_queued", "execution_failed"])
    assert str(webhook["secret"]).startswith("whsec_")
    assert webhook["kinds"] == ["execution_queued", "execution_failed"]
    assert webhook["cursor"] == await rooms.stores.executions.newest_cursor() > 0
    seen = [(await admin.get(PLACE)).text, (await admin.get(f"{PLACE}/{webhook['id']}")).text]
    stored = await rooms.stores.webhooks.get(WebhookId(str(webhook["id"])))
    for text in (*seen, repr(stored)):
        assert str(webhook["secret"]) not in text
    assert all(stored.sealed not in text for text in seen)
    opened = Seal(rooms.office.secret).open(stored.sealed, place=place_of(stored.id))
    assert opened == webhook["secret"]


async def test_a_given_secret_is_used_and_can_be_replaced(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    webhook = await made(admin, secret=GIVEN)
    assert webhook["secret"] == GIVEN
    rotated = await admin.post(f"{PLACE}/{webhook['id']}/secret", json={"revision": 0})
    assert rotated.json()["secret"] not in ("", GIVEN)
    assert rotated.json()["webhook"]["revision"] == 1
    stale = await admin.post(f"{PLACE}/{webhook['id']}/secret", json={"revision": 0})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://example.com/x"},
        {"url": "https://user:pw@example.com/very-secret"},
        {"url": "https://exa\u0000mple.com/"},
        {"url": "https://[::1/very-secret"},
        {"url": "https://" + "a" * 3000},
        {"secret": "whsec_short-but-very-secret"},
        {"secret": "whsec_" + "very-secret" * 30},
        {"kinds": ["no_such_kind"]},
        {"surprise": 1},
        {"url": 7},
    ],
)
async def test_what_cannot_be_used_is_refused_without_repeating_it(
    rooms: Rooms, admin: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    response = await admin.post(PLACE, json={"url": "https://example.com/very-secret", **wrong})
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert "very-secret" not in response.text
    assert (await rooms.stores.webhooks.list()).rows == ()


async def test_plain_http_is_refused_where_the_own_network_is_out_of_reach(rooms: Rooms) -> None:
    admin = await rooms.client(rooms.app(webhooks.ROUTER))
    assert (await admin.post(PLACE, json={"url": "http://example.com/"})).status_code == 422
    inside = await admin.post(PLACE, json={"url": "https://127.0.0.1/x"})
    tried = await admin.post(f"{PLACE}/{inside.json()['webhook']['id']}/test")
    assert tried.status_code == 502
    assert "not in the public internet" in tried.json()["detail"]


async def test_only_administrators_come_near(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    webhook = await made(admin)
    for role, status in ((Role.AGENT, 403), (Role.VIEWER, 403), (None, 401)):
        other = await rooms.client(rooms.app(webhooks.ROUTER), role)
        calls = [
            await other.get(PLACE),
            await other.get(f"{PLACE}/{webhook['id']}"),
            await other.get(f"{PLACE}/{webhook['id']}/deliveries"),
            await other.post(PLACE, json={"url": "https://example.com/"}),
            await other.post(f"{PLACE}/{webhook['id']}/test"),
            await other.delete(f"{PLACE}/{webhook['id']}"),
        ]
        assert [one.status_code for one in calls] == [status] * len(calls)
        assert all("very-secret" not in one.text for one in calls)


async def test_a_change_needs_the_revision_that_was_read(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    webhook = await made(admin)
    place = f"{PLACE}/{webhook['id']}"
    changed = await admin.patch(place, json={"revision": 0, "kinds": ["node_failed"]})
    assert changed.json()["kinds"] == ["node_failed"]
    assert changed.json()["url"] == webhook["url"]
    assert (await admin.patch(place, json={"revision": 0, "kinds": []})).status_code == 409
    assert (await admin.patch(place, json={"revision": 1, "url": "nonsense-nonsense"})).status_code == 422
    assert (await admin.patch(f"{PLACE}/wh_none", json={"revision": 0})).status_code == 404
    assert (await admin.get(place)).json()["revision"] == 1


async def test_a_trial_is_signed_and_told_in_words(
    rooms: Rooms, admin: httpx.AsyncClient, server: LoopbackServer
) -> None:
    rooms.clock.at = datetime.now(UTC).replace(microsecond=0)
    server.script = [200, 404, 503, "silence"]
    webhook = await made(admin, url=f"http://127.0.0.1:{server.port}/very-secret")
    answers = [await admin.post(f"{PLACE}/{webhook['id']}/test") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 502, 503, 503]
    assert all("very-secret" not in one.text for one in answers)
    posted = server.posted[0]
    told = Signature(str(webhook["secret"])).verify(posted.body, dict(posted.headers))
    assert told["type"] == "webhook.test"


async def test_a_stopped_webhook_is_enabled_again_and_its_alarms_cleared(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    webhook = await made(admin)
    webhook_id = WebhookId(str(webhook["id"]))
    assert (await admin.post(f"{PLACE}/{webhook_id}/enable")).status_code == 409
    await rooms.stores.webhooks.stop(webhook_id, reason="It is gone.")
    key = f"webhook_stopped/{webhook_id}"
    await rooms.stores.alarms.sound(Alarm(key=key, title="Stopped", text="Gone.", raised_at=rooms.clock.now()))
    assert (await admin.get(f"{PLACE}/{webhook_id}")).json()["stopped"] == "It is gone."
    enabled = await admin.post(f"{PLACE}/{webhook_id}/enable")
    assert enabled.json()["stopped"] == ""
    assert (await rooms.stores.alarms.open()).rows == ()


async def test_deliveries_are_listed_by_state_and_failed_ones_tried_again(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    webhook = await made(admin)
    webhook_id, cursor = WebhookId(str(webhook["id"])), int(str(webhook["cursor"]))
    failed = replace(pending(rooms, webhook_id, 1), state=DeliveryState.FAILED, attempts=10, detail="It answered 500.")
    await rooms.stores.webhooks.enqueue(
        webhook_id, [failed, pending(rooms, webhook_id, 2)], before=cursor, after=cursor + 2
    )
    place = f"{PLACE}/{webhook_id}/deliveries"
    listed = (await admin.get(place, params={"limit": 1})).json()
    assert [one["event_cursor"] for one in listed["rows"]] == [2]
    rest = (await admin.get(place, params={"after": listed["next_cursor"]})).json()
    assert [one["event_cursor"] for one in rest["rows"]] == [1]
    found = (await admin.get(place, params={"state": "failed"})).json()["rows"]
    assert [one["id"] for one in found] == [failed.id]
    again = await admin.post(f"{place}/{failed.id}/retry")
    assert again.status_code == 202
    assert (again.json()["state"], again.json()["attempts"]) == ("pending", 0)
    assert (await admin.post(f"{place}/{failed.id}/retry")).status_code == 409
    assert (await admin.post(f"{place}/msg_none/retry")).status_code == 404
    other = await made(admin)
    assert (await admin.post(f"{PLACE}/{other['id']}/deliveries/{failed.id}/retry")).status_code == 404
    assert (await admin.get(place, params={"after": "nonsense"})).status_code == 422
    assert (await admin.get(f"{PLACE}/wh_none/deliveries")).status_code == 404


async def test_a_removed_webhook_leaves_nothing_behind(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    webhook = await made(admin)
    assert (await admin.delete(f"{PLACE}/{webhook['id']}")).status_code == 204
    assert (await admin.delete(f"{PLACE}/{webhook['id']}")).status_code == 404
    assert json.loads((await admin.get(PLACE)).text)["rows"] == []


def event(number: int) -> Event:
    return Event(
        execution_id=ExecutionId("e1"),
        node_id=f"n{number}",
        attempt=1,
        kind=EventKind.NODE_STARTED,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def pending(rooms: Rooms, webhook_id: WebhookId, cursor: int) -> WebhookDelivery:
    now = rooms.clock.now()
    return WebhookDelivery(
        id=delivery_id(webhook_id, cursor),
        webhook_id=webhook_id,
        event_cursor=cursor,
        body="{}",
        state=DeliveryState.PENDING,
        attempts=0,
        next_at=now,
        created_at=now,
        updated_at=now,
    )
