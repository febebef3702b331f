"""Deliveries over a real store and a real HTTP server that fails, hangs, redirects and goes away."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook as Signature
from standardwebhooks import WebhookVerificationError

from clocks import SetClock
from contracts.notifier_contract import LoopbackServer, loopback_server
from contracts.store_nouns import arrival
from empty_store import open_stores_at
from postroom.actions.webhook_deliveries import (
    RETRY_SECONDS,
    TRIES,
    Dispatch,
    Dispatcher,
    deliver_forever,
    place_of,
)
from postroom.interfaces.stores import Stores
from postroom.model.alarm import Alarm
from postroom.model.execution import Event, EventKind, ExecutionId, Failure
from postroom.model.webhook import DeliveryState, Webhook, WebhookDelivery, WebhookId
from postroom.notifiers.post import Reach, open_client
from postroom.sealing import Seal

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
SEAL = Seal(b"k" * 32)
ONE = WebhookId("wh_one")


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with loopback_server() as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


@pytest.fixture
def clock() -> SetClock:
    """Begins now, as receivers refuse old signatures."""
    return SetClock(datetime.now(UTC).replace(microsecond=0))


def dispatch_of(stores: Stores, clock: SetClock, reach: Reach | None = None) -> Dispatch:
    # On a busy machine an answer can take long; a post that is not taken in time is due again only when time moves.
    allowed = Reach(private_allowed=True, timeout_seconds=60)
    return Dispatch(stores=stores, seal=SEAL, clock=clock, reach=reach or allowed, jitter=lambda: 0.0)


async def add_webhook(stores: Stores, clock: SetClock, url: str, webhook_id: WebhookId = ONE) -> Webhook:
    webhook = Webhook(
        id=webhook_id,
        url=url,
        sealed=SEAL.close(SECRET, place=place_of(webhook_id)),
        kinds=(),
        cursor=await stores.executions.newest_cursor(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    assert await stores.webhooks.add(webhook)
    return webhook


def url_of(server: LoopbackServer) -> str:
    return f"http://127.0.0.1:{server.port}/hooks/very-secret"


async def happen(stores: Stores, clock: SetClock, count: int = 1, kind: EventKind = EventKind.NODE_SUCCEEDED) -> None:
    """Let that many events happen to one execution."""
    mail = arrival(1)
    await stores.ledger.accept([mail])
    begin = await stores.executions.newest_cursor()
    await stores.executions.record(
        [
            Event(execution_id=mail.execution_id, node_id=f"n{begin}_{one}", attempt=1, kind=kind, at=clock.now())
            for one in range(count)
        ]
    )


async def work_off(dispatch: Dispatch, client: httpx.AsyncClient) -> None:
    """Step until nothing is due and nothing new is to be read."""
    async with asyncio.TaskGroup() as group:
        dispatcher = Dispatcher(dispatch, client, group)
        while True:
            more = await dispatcher.step()
            await dispatcher.settled()
            if not more and not await dispatch.stores.webhooks.due(at=dispatch.clock.now()):
                return


async def all_deliveries(stores: Stores, webhook_id: WebhookId = ONE) -> Sequence[WebhookDelivery]:
    return (await stores.webhooks.deliveries(webhook_id, limit=200)).rows


async def open_alarms(stores: Stores) -> dict[str, Alarm]:
    return {alarm.key: alarm for alarm in (await stores.alarms.open()).rows}


async def test_each_event_is_posted_once_signed_and_in_order(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await happen(stores, clock, 3)
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 2)
    await work_off(dispatch_of(stores, clock), client)
    await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) == 2  # What happened before the webhook was there is not told.
    told = [Signature(SECRET).verify(one.body, dict(one.headers)) for one in server.posted]
    assert [one["type"] for one in told] == ["node.succeeded"] * 2
    assert told[0]["data"]["cursor"] < told[1]["data"]["cursor"]
    assert told[0]["data"]["email_id"] == arrival(1).email_id
    assert told[0]["data"]["mailbox_id"] == arrival(1).raw.mailbox_id
    assert len({one.headers["webhook-id"] for one in server.posted}) == 2
    assert {one.state for one in await all_deliveries(stores)} == {DeliveryState.DELIVERED}


async def test_a_changed_body_or_another_secret_is_refused_by_who_verifies(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock)
    await work_off(dispatch_of(stores, clock), client)
    posted = server.posted[0]
    Signature(SECRET).verify(posted.body, dict(posted.headers))
    forged = [
        (SECRET, posted.body.replace(b"node", b"Node"), dict(posted.headers)),
        (SECRET, posted.body, {**posted.headers, "webhook-id": "msg_other"}),
        ("whsec_" + "A" * 32, posted.body, dict(posted.headers)),
    ]
    for secret, body, headers in forged:
        with pytest.raises(WebhookVerificationError):
            Signature(secret).verify(body, headers)


async def test_only_the_wanted_kinds_are_told_and_the_rest_is_passed_by(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    webhook = await add_webhook(stores, clock, url_of(server))
    assert await stores.webhooks.change(replace(webhook, kinds=(EventKind.NODE_FAILED,)))
    await happen(stores, clock, 5)
    await happen(stores, clock, 1, EventKind.NODE_FAILED)
    await happen(stores, clock, 5)
    await work_off(dispatch_of(stores, clock), client)
    assert [json.loads(one.body)["type"] for one in server.posted] == ["node.failed"]
    assert (await stores.webhooks.get(ONE)).cursor == await stores.executions.newest_cursor()


async def test_more_events_than_a_page_are_all_told_once(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 230)
    await work_off(dispatch_of(stores, clock), client)
    cursors = [json.loads(one.body)["data"]["cursor"] for one in server.posted]
    # One event more: the execution was queued.
    assert len(cursors) == 231
    assert len(set(cursors)) == 231


async def test_posts_that_are_too_slow_are_all_made_up_for_later(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 20)
    server.script = ["silence"] * 21
    await work_off(dispatch_of(stores, clock, Reach(private_allowed=True, timeout_seconds=0.05)), client)
    late = [one for one in await all_deliveries(stores) if one.state is DeliveryState.PENDING]
    assert late
    assert all("did not answer" in one.detail for one in late)
    server.script = []
    clock.advance(RETRY_SECONDS[0])
    await work_off(dispatch_of(stores, clock), client)
    assert {one.state for one in await all_deliveries(stores)} == {DeliveryState.DELIVERED}
    assert len({json.loads(one.body)["data"]["cursor"] for one in server.posted}) == 21


@pytest.mark.parametrize("step", [500, 429, 404, 302, "reset", "silence"])
async def test_what_was_not_taken_is_posted_again_under_the_same_id(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient, step: int | str
) -> None:
    server.script = [step]
    await add_webhook(stores, clock, url_of(server))
    await stores.executions.record([event(clock)])
    patience = Reach(private_allowed=True, timeout_seconds=0.5 if step == "silence" else 60)
    await work_off(dispatch_of(stores, clock, patience), client)
    (waiting,) = await all_deliveries(stores)
    assert waiting.state is DeliveryState.PENDING
    assert waiting.next_at == clock.now() + timedelta(seconds=RETRY_SECONDS[0])
    assert waiting.detail
    assert "very-secret" not in waiting.detail
    clock.advance(RETRY_SECONDS[0])
    await work_off(dispatch_of(stores, clock), client)
    first, second = server.posted
    assert first.path == second.path  # No redirect was followed.
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    (done,) = await all_deliveries(stores)
    assert (done.state, done.attempts) == (DeliveryState.DELIVERED, 2)


async def test_after_the_last_try_a_delivery_failed_and_the_next_ones_are_still_tried(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    server.script = [503] * TRIES
    await add_webhook(stores, clock, url_of(server))
    await stores.executions.record([event(clock)])
    began = clock.now()
    for seconds in (0.0, *RETRY_SECONDS):
        clock.advance(seconds)
        await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) == TRIES == 10
    (failed,) = await all_deliveries(stores)
    assert (failed.state, failed.attempts) == (DeliveryState.FAILED, TRIES)
    assert timedelta(days=3) < clock.now() - began < timedelta(days=4)
    assert "webhook_failing/wh_one" in await open_alarms(stores)
    await stores.executions.record([event(clock, 2)])
    await work_off(dispatch_of(stores, clock), client)
    newest, _ = await all_deliveries(stores)
    assert newest.state is DeliveryState.DELIVERED
    assert await open_alarms(stores) == {}


async def test_gone_stops_the_webhook_with_an_alarm(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    server.script = [410]
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 3)
    await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) == 1
    assert "410" in (await stores.webhooks.get(ONE)).stopped
    assert set(await open_alarms(stores)) == {"webhook_stopped/wh_one"}
    await happen(stores, clock, 3)
    clock.advance(7200)
    await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) == 1


async def test_five_days_without_any_success_stop_it(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    server.script = [500] * 1000
    await add_webhook(stores, clock, url_of(server))
    hours = 0
    while not (await stores.webhooks.get(ONE)).stopped:
        await stores.executions.record([event(clock, hours)])
        await work_off(dispatch_of(stores, clock), client)
        clock.advance(6 * 3600)
        hours += 6
        assert hours < 24 * 10
    assert 24 * 5 <= hours <= 24 * 7
    alarm = (await open_alarms(stores))["webhook_stopped/wh_one"]
    assert "very-secret" not in f"{alarm.title} {alarm.text}"


async def test_a_webhook_that_hangs_does_not_hold_up_another(
    stores: Stores, clock: SetClock, server: LoopbackServer
) -> None:
    async with loopback_server() as hanging:
        hanging.script = ["silence"]
        await add_webhook(stores, clock, url_of(hanging), WebhookId("wh_hangs"))
        await add_webhook(stores, clock, url_of(server))
        await happen(stores, clock, 3)
        slow = dispatch_of(stores, clock, Reach(private_allowed=True, timeout_seconds=60))
        delivering = asyncio.create_task(deliver_forever(slow, poll_seconds=0.01))
        while len(server.posted) < 4:
            await asyncio.wait([delivering], timeout=0.01)
        assert len(hanging.posted) == 1
        delivering.cancel()
        await asyncio.wait([delivering])
    assert [one.state for one in await all_deliveries(stores, WebhookId("wh_hangs"))] == [DeliveryState.PENDING] * 4


async def test_a_crash_between_storing_and_posting_loses_and_doubles_nothing(
    tmp_path: Path, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    place = tmp_path / "crash.db"
    stores = await open_stores_at(place)
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 2)
    async with asyncio.TaskGroup() as group:
        dispatcher = Dispatcher(dispatch_of(stores, clock), client, group)
        await dispatcher.step()
        # As in a kill: the deliveries are stored, nothing was posted.
        for task in list(dispatcher._lanes.values()):
            task.cancel()
    assert server.posted == []
    stored = {one.id for one in await all_deliveries(stores)}
    await stores.connection.close()
    stores = await open_stores_at(place)
    await work_off(dispatch_of(stores, clock), client)
    clock.advance(60)
    await work_off(dispatch_of(stores, clock), client)
    assert sorted(one.headers["webhook-id"] for one in server.posted) == sorted(stored)
    assert len(stored) == 3
    await stores.connection.close()


async def test_a_crash_after_posting_posts_it_again_under_the_same_id(
    tmp_path: Path, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    place = tmp_path / "crash.db"
    stores = await open_stores_at(place)
    await add_webhook(stores, clock, url_of(server))
    await stores.executions.record([event(clock)])
    server.script = ["silence"]
    async with asyncio.TaskGroup() as group:
        dispatcher = Dispatcher(
            dispatch_of(stores, clock, Reach(private_allowed=True, timeout_seconds=60)), client, group
        )
        await dispatcher.step()
        while not server.posted:
            await asyncio.wait(list(dispatcher._lanes.values()), timeout=0.01)
        for task in list(dispatcher._lanes.values()):
            task.cancel()
    await stores.connection.close()
    stores = await open_stores_at(place)
    await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) == 1  # The claim still holds.
    clock.advance(120)
    await work_off(dispatch_of(stores, clock), client)
    first, second = server.posted
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    await stores.connection.close()


async def test_two_dispatchers_at_once_make_and_post_each_delivery_once(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    await happen(stores, clock, 20)
    dispatch = dispatch_of(stores, clock)
    await asyncio.gather(work_off(dispatch, client), work_off(dispatch, client))
    ids = [one.headers["webhook-id"] for one in server.posted]
    assert len(ids) == len(set(ids)) == 21


async def test_a_name_that_is_rebound_to_the_own_network_is_not_posted_to(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    answers = ["93.184.215.14", "127.0.0.1"]
    asked: list[str] = []

    async def rebound(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [answers[min(len(asked), len(answers)) - 1]]

    reach = Reach(private_allowed=False, timeout_seconds=0.5, resolve=rebound)
    await add_webhook(stores, clock, f"https://rebind.example:{server.port}/x")
    await rebound("rebind.example", 443)  # The look-up that a check would have made.
    await stores.executions.record([event(clock)])
    await work_off(dispatch_of(stores, clock, reach), client)
    (refused,) = await all_deliveries(stores)
    assert "127.0.0.1" in refused.detail
    assert server.posted == []


async def test_a_secret_sealed_with_another_key_waits_and_is_named(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    webhook = await add_webhook(stores, clock, url_of(server))
    wrong = Seal(b"x" * 32).close(SECRET, place=place_of(ONE))
    assert await stores.webhooks.change(replace(webhook, sealed=wrong))
    await stores.executions.record([event(clock)])
    await work_off(dispatch_of(stores, clock), client)
    (waiting,) = await all_deliveries(stores)
    assert "cannot be opened" in waiting.detail
    assert SECRET not in repr(waiting)
    assert server.posted == []


async def test_a_webhook_removed_while_it_waits_is_left_alone(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    await stores.executions.record([event(clock)])
    async with asyncio.TaskGroup() as group:
        dispatcher = Dispatcher(dispatch_of(stores, clock), client, group)
        await dispatcher.step()
        await stores.webhooks.remove(ONE)
        await dispatcher.settled()
    await work_off(dispatch_of(stores, clock), client)
    assert len(server.posted) <= 1


async def test_failures_of_nodes_are_told_in_words(
    stores: Stores, clock: SetClock, server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    await add_webhook(stores, clock, url_of(server))
    failure = Failure(code="plugin", message="The server is gone.", hint="Wait.", retryable=True)
    await stores.executions.record([replace(event(clock), kind=EventKind.NODE_FAILED, failure=failure)])
    await work_off(dispatch_of(stores, clock), client)
    told = json.loads(server.posted[0].body)["data"]
    assert told["failure"]["message"] == "The server is gone."
    assert told["email_id"] is None  # Its execution was erased, or never there.


async def test_an_address_where_nobody_listens_is_tried_again(
    stores: Stores, clock: SetClock, client: httpx.AsyncClient
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        await add_webhook(stores, clock, f"http://127.0.0.1:{port}/x")
        await stores.executions.record([event(clock)])
        await work_off(dispatch_of(stores, clock), client)
    (waiting,) = await all_deliveries(stores)
    assert waiting.attempts == 1
    assert waiting.next_at > clock.now()


def event(clock: SetClock, number: int = 1) -> Event:
    return Event(
        execution_id=ExecutionId("execution-of-nobody"),
        node_id=f"node{number}",
        attempt=1,
        kind=EventKind.NODE_SUCCEEDED,
        at=clock.now(),
    )


def test_a_secret_is_not_shown_by_its_noun() -> None:
    assert "whsec_" not in repr(SecretStr(SECRET))
