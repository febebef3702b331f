"""One connection: what a client is told, in which order, and how it ends."""

import asyncio
import multiprocessing
import random
import sqlite3
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from api.live.conftest import Live, Message, cursors_of, cursors_until, next_message, next_of
from api.live.writing import SECONDS, WORKFLOW, event, execution, record, until, write_elsewhere
from postroom.actions.tickets import make_ticket
from postroom.api.live.messages import StreamMessage
from postroom.model.credential import CredentialKind, Opener
from postroom.model.user import UserId
from postroom.model.workflow import JsonValue, WorkflowSlug

CUTS = 100


async def closing(connection: ClientConnection) -> tuple[int, str]:
    """Return the code and the reason with which the server closed."""
    async with asyncio.timeout(SECONDS):
        with suppress(ConnectionClosed):
            while True:
                await connection.recv()
    assert connection.close_code is not None
    return connection.close_code, connection.close_reason or ""


async def all_cursors(live: Live) -> list[JsonValue]:
    """Return the cursors of all events in the store."""
    return [each.cursor for each in await live.writer.executions.events(limit=1_000_000)]


async def test_a_new_client_is_told_the_state_and_then_every_change(live: Live) -> None:
    await live.writer.executions.record([event(1)])
    async with live.client() as connection:
        first = await next_message(connection)
        await live.writer.executions.record([event(2)])
        second = await next_message(connection)
    assert first == {
        "type": "snapshot",
        "cursor": 1,
        "reason": "connected",
        "state": {"kind": "workflow", "workflow": WORKFLOW, "paused": False, "executions": {"running": 1}},
    }
    assert second == {
        "type": "events",
        "cursor": 2,
        "events": [
            {
                "execution_id": "x1",
                "node_id": "classify",
                "attempt": 2,
                "kind": "node_started",
                "at": "2026-11-02T09:00:00Z",
                "note": "",
                "output": "",
                "failure": None,
                "workflow": WORKFLOW,
                "cursor": 2,
            }
        ],
    }


async def test_who_follows_an_execution_is_told_its_steps_and_nothing_of_others(live: Live) -> None:
    await live.writer.executions.add(execution("x2"))
    await live.writer.executions.record([event(1), event(1, "x2")])
    async with live.client("?execution_id=x2") as connection:
        first = await next_message(connection)
        await live.writer.executions.record([event(2), event(2, "x2"), event(3)])
        second = await next_message(connection)
    state = first["state"]
    assert isinstance(state, dict)
    assert (state["kind"], state["execution_id"], state["status"]) == ("execution", "x2", "running")
    assert isinstance(state["steps"], list)
    assert [each["node_id"] for each in state["steps"] if isinstance(each, dict)] == ["classify"]
    assert cursors_of(second) == [4]


async def test_every_message_is_one_that_the_document_describes(hasty: Live) -> None:
    seen: set[JsonValue] = set()
    async with hasty.client() as connection:
        while seen != {"snapshot", "events", "heartbeat"}:
            message = await next_message(connection)
            StreamMessage.model_validate(message)
            if message["type"] == "snapshot":
                await hasty.writer.executions.record([event(1)])
            seen.add(message["type"])


async def test_a_client_cut_off_a_hundred_times_is_told_each_event_once_and_in_order(live: Live) -> None:
    chance = random.Random(7)
    enough = asyncio.Event()

    async def write() -> None:
        number = 0
        while not enough.is_set():
            burst = chance.randint(1, 5)
            await live.writer.executions.record([event(number + each) for each in range(burst)])
            number += burst

    async def read(connection: ClientConnection, seen: list[JsonValue], last: int | None = None) -> None:
        while not (seen and seen[-1] == last):
            message = await next_message(connection)
            assert message["type"] == "events", message
            seen.extend(cursors_of(message))

    async def cut(connection: ClientConnection) -> None:
        for _ in range(chance.randint(0, 300)):
            await asyncio.sleep(0)
        connection.transport.abort()

    async def read_until_cut(connection: ClientConnection, seen: list[JsonValue]) -> None:
        messages_before = chance.randint(0, 3)
        async with asyncio.TaskGroup() as group:
            while True:
                if messages_before == 0:
                    group.create_task(cut(connection))
                messages_before -= 1
                message = await next_message(connection)
                if message["type"] != "events":
                    pytest.fail(f"events were expected: {message}")
                seen.extend(cursors_of(message))

    seen: list[JsonValue] = []
    told_before_cut = 0
    writing = asyncio.create_task(write())
    for _ in range(CUTS):
        before = len(seen)
        async with live.client(f"?after={seen[-1] if seen else 0}") as connection:
            # Aborted at the wrong moment, the client library trips over an assertion of its own.
            with pytest.RaisesGroup(pytest.RaisesExc((ConnectionClosed, AssertionError))):
                await read_until_cut(connection, seen)
            told_before_cut += len(seen) > before
    enough.set()
    await writing
    stored = await all_cursors(live)
    last = stored[-1]
    assert isinstance(last, int)
    async with live.client(f"?after={seen[-1] if seen else 0}") as connection:
        await read(connection, seen, last)
    # Cut off in the midst of it: most had been told something before.
    assert told_before_cut > CUTS / 2
    assert seen == stored


async def test_two_processes_that_write_are_told_in_the_order_of_commit(live: Live) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_elsewhere, args=(live.url, name, 150)) for name in ("a", "b")]
    async with live.client("?after=0") as connection:
        for writer in writers:
            writer.start()
        seen: list[JsonValue] = []
        while len(seen) < 300:
            seen.extend(cursors_of(await next_of(connection, "events")))
        for writer in writers:
            await asyncio.to_thread(writer.join)
    assert seen == await all_cursors(live)


async def test_ten_thousand_events_behind_is_told_one_by_one_and_one_more_is_a_snapshot(live: Live) -> None:
    await record(live.writer, [event(number) for number in range(10_001)])
    stored = await all_cursors(live)
    async with live.client(f"?after={stored[0]}") as connection:
        assert await cursors_until(connection, 10_001) == stored[1:]
    async with live.client("?after=0") as connection:
        message = await next_message(connection)
    assert (message["type"], message["reason"], message["cursor"]) == ("snapshot", "behind", 10_001)


async def test_the_edge_is_the_same_where_somebody_was_following_all_the_time(live: Live) -> None:
    async with live.client("?after=0") as connection:
        reading = asyncio.create_task(cursors_until(connection, 10_001))
        await until(lambda: live.feed.channels == 1)
        await record(live.writer, [event(number) for number in range(10_001)])
        stored = await reading
        async with live.client(f"?after={stored[0]}") as later:
            assert await cursors_until(later, 10_001) == stored[1:]
        async with live.client("?after=0") as later:
            assert (await next_message(later))["reason"] == "behind"


async def test_after_a_snapshot_every_further_event_is_told(live: Live) -> None:
    await record(live.writer, [event(number) for number in range(10_001)])
    async with live.client("?after=0") as connection:
        message = await next_message(connection)
        await live.writer.executions.record([event(20_000)])
        assert cursors_of(await next_message(connection)) == [10_002]
    assert message["cursor"] == 10_001


async def test_a_slow_client_is_told_everything_and_delays_nobody(live: Live) -> None:
    note = "n" * 2_000
    async with live.idler("?after=0") as slow, live.client("?after=0") as quick:
        await record(live.writer, [event(number, note=note) for number in range(3_000)])
        told = await cursors_until(quick, 3_000)
        assert await cursors_until(slow, 3_000) == told == await all_cursors(live)


async def test_a_client_that_takes_nothing_delays_nobody_and_is_let_go(hasty: Live) -> None:
    note = "n" * 2_000
    async with hasty.idler("?after=0&execution_id=x1"), hasty.client("?after=0") as quick:
        await until(lambda: hasty.feed.channels == 2)
        # It reads all the time: who waits takes nothing, either.
        reading = asyncio.create_task(cursors_among_heartbeats(quick, 3_000))
        await record(hasty.writer, [event(number, note=note) for number in range(3_000)])
        seen = await reading
        # Its place in the feed and its socket are given up while it still takes nothing.
        await until(lambda: hasty.feed.channels == 1)
        await until(lambda: len(hasty.server.server_state.connections) == 1)
    assert seen == await all_cursors(hasty)


async def cursors_among_heartbeats(connection: ClientConnection, count: int) -> list[JsonValue]:
    seen: list[JsonValue] = []
    while len(seen) < count:
        seen.extend(cursors_of(await next_of(connection, "events")))
    return seen


async def test_a_cursor_that_the_log_does_not_have_is_told(live: Live) -> None:
    await live.writer.executions.record([event(1)])
    async with live.client("?after=2") as connection:
        message = await next_message(connection)
        await live.writer.executions.record([event(2)])
        assert cursors_of(await next_of(connection, "events")) == [2]
    assert (message["type"], message["reason"], message["cursor"]) == ("snapshot", "unknown_cursor", 1)


async def test_a_log_that_is_put_back_while_it_is_followed_is_told(live: Live, tmp_path: Path) -> None:
    await live.writer.executions.record([event(number) for number in range(9)])
    async with live.client("?after=9") as connection:
        await until(lambda: live.feed.end == 9)
        database = sqlite3.connect(tmp_path / "postroom.db")
        with database:
            database.execute("DELETE FROM events WHERE cursor > 4")
            database.execute("UPDATE sqlite_sequence SET seq = 4 WHERE name = 'events'")
        database.close()
        message = await next_message(connection)
        await live.writer.executions.record([event(100)])
        assert cursors_of(await next_of(connection, "events")) == [5]
    assert (message["reason"], message["cursor"]) == ("unknown_cursor", 4)


async def test_heart_beats_carry_the_cursor_past_what_does_not_concern_the_client(hasty: Live) -> None:
    async with hasty.client("?execution_id=x1") as connection:
        await hasty.writer.executions.record([event(number, "x2") for number in range(5)])
        beats: list[Message] = [await next_of(connection, "heartbeat")]
        while beats[-1]["cursor"] != 5:
            beats.append(await next_of(connection, "heartbeat"))
    assert beats[-1]["at"] == "2026-11-02T09:00:00Z"


async def test_a_token_that_is_revoked_closes_the_stream(hasty: Live) -> None:
    async with hasty.client() as connection:
        await next_of(connection, "heartbeat")
        digest = sha256(hasty.token.encode()).hexdigest()
        await hasty.rooms.stores.credentials.redeem(CredentialKind.TOKEN, digest)
        assert (await closing(connection))[0] == 4401


async def test_a_user_who_is_disabled_is_let_go_at_the_next_heart_beat(hasty: Live) -> None:
    async with hasty.client() as connection:
        await next_of(connection, "heartbeat")
        users = hasty.rooms.stores.users
        user = await users.get(UserId("us_viewer"))
        assert await users.change(replace(user, disabled=True))
        assert (await closing(connection))[0] == 4401


async def test_a_ticket_opens_one_stream(live: Live) -> None:
    opener = Opener(kind=CredentialKind.TOKEN, digest=sha256(live.token.encode()).hexdigest())
    now = live.rooms.clock.now()
    secret = (await make_ticket(live.rooms.stores, UserId("us_viewer"), opener, at=now)).secret
    offered = ("postroom.v1", f"ticket.{secret}")
    async with live.stranger(subprotocols=offered) as connection:
        assert (await next_message(connection))["type"] == "snapshot"
        assert connection.subprotocol == "postroom.v1"
    async with live.stranger(subprotocols=offered) as connection:
        assert (await closing(connection))[0] == 4401


async def test_nobody_is_told_anything_without_a_credential(live: Live) -> None:
    async with live.stranger() as connection:
        assert await closing(connection) == (4401, "Nobody is logged in.")


async def test_a_ticket_that_nobody_gave_out_opens_nothing(live: Live) -> None:
    async with live.stranger(subprotocols=("postroom.v1", "ticket.made-up")) as connection:
        assert connection.subprotocol == "postroom.v1"
        assert (await closing(connection))[0] == 4401


async def test_what_is_not_there_closes_with_4404(live: Live) -> None:
    await live.writer.executions.add(execution("elsewhere", workflow=WorkflowSlug("returns")))
    for query, workflow in (("", "nowhere"), ("?execution_id=none", WORKFLOW), ("?execution_id=elsewhere", WORKFLOW)):
        async with live.client(query, workflow=workflow) as connection:
            assert (await closing(connection))[0] == 4404


@pytest.mark.parametrize(
    "query",
    [
        "?after=",
        "?after=-1",
        "?after=1.5",
        "?after=%D9%A1",
        "?after=9223372036854775808",
        f"?after={'9' * 400}",
        f"?execution_id={'x' * 201}",
    ],
)
async def test_a_query_that_cannot_be_used_closes_with_4422(live: Live, query: str) -> None:
    async with live.client(query) as connection:
        assert (await closing(connection))[0] == 4422


@pytest.mark.parametrize(
    "query", ["?execution_id=%00", "?execution_id=%ED%A0%80", "?execution_id=", "?after=0&after=x"]
)
async def test_a_hostile_query_closes_the_stream_in_good_order(live: Live, query: str) -> None:
    async with live.client(query) as connection:
        assert (await closing(connection))[0] in {4404, 4422}


async def test_a_client_that_sends_a_message_is_closed(live: Live) -> None:
    async with live.client() as connection:
        await connection.send("hello")
        assert (await closing(connection))[0] == 1008


async def test_a_store_that_cannot_be_read_closes_with_try_again_later(live: Live) -> None:
    async with live.client() as connection:
        await next_message(connection)
        await live.rooms.stores.connection.close()
        async with live.client() as other:
            assert (await closing(other))[0] == 1013
        # Who was connected already stays, and is told what comes once the store is back.
        assert connection.state is State.OPEN


async def test_a_shutdown_says_that_the_server_restarts(live: Live) -> None:
    async with live.client() as connection, live.idler() as idle:
        await next_message(connection)
        await until(lambda: len(live.server.server_state.connections) == 2)
        await live.stop()
        assert (await closing(connection))[0] == 1012
        assert (await closing(idle))[0] == 1012
    assert live.feed.channels == 0
