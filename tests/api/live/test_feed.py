"""The feed reads once and encodes once, whoever follows, and survives a store that is away."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.live.writing import SECONDS, WORKFLOW, event, record, until
from empty_store import open_stores_at
from postroom.api.live.channel import BACKLOG, PLACES, Batch, Entry
from postroom.api.live.feed import Feed, FeedPace, Follower
from postroom.api.live.messages import Reason, event_json
from postroom.interfaces.stores import Stores
from postroom.model.execution import Event, EventFilter, ExecutionId

ALL = EventFilter(workflow=WORKFLOW)
ONE = EventFilter(execution_id=ExecutionId("x1"))


@dataclass(slots=True)
class Running:
    """A running feed, what writes, and what it encoded."""

    feed: Feed
    stores: Stores
    encoded: list[Event] = field(default_factory=list)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """Give a feed that runs over a store that another connection writes."""
    async with AsyncExitStack() as stack:
        opened = [await open_stores_at(tmp_path / "store.db") for _ in range(2)]
        for stores in opened:
            stack.push_async_callback(stores.connection.close)
        encoded: list[Event] = []

        def encode(event: Event) -> str:
            encoded.append(event)
            return event_json(event)

        feed = Feed(opened[0].executions, pace=FeedPace(retry_seconds=0.02), encode=encode)
        task = asyncio.create_task(feed.run())
        yield Running(feed, opened[1], encoded)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def taken(follower: Follower) -> Batch:
    """Return the next batch."""
    async with asyncio.timeout(SECONDS):
        while (found := follower.take()) is None:
            await follower.woken.wait()
    assert isinstance(found, Batch), found
    return found


async def test_a_hundred_and_ninety_followers_of_one_execution_get_the_very_same_batch(running: Running) -> None:
    async with AsyncExitStack() as stack:
        followers = [await stack.enter_async_context(running.feed.follow(ONE, after=0)) for _ in range(190)]
        whole = [await stack.enter_async_context(running.feed.follow(ALL, after=0)) for _ in range(10)]
        for number in range(20):
            await running.stores.executions.record([event(number), event(number, "x2")])
            batches = [await taken(each) for each in followers]
            assert all(each is batches[0] for each in batches)
            batches = [await taken(each) for each in whole]
            assert all(each is batches[0] for each in batches)
        # Those of the other execution for those who follow all of it; none twice.
        assert len(running.encoded) == 40
        assert (running.feed.channels, running.feed.followers) == (2, 200)


async def test_what_nobody_follows_is_not_encoded_and_wakes_nobody(running: Running) -> None:
    async with running.feed.follow(ONE, after=0) as follower:
        assert follower.take() is None
        await running.stores.executions.record([event(1, "x2"), event(2, "x3")])
        await until(lambda: running.feed.end == 2)
        assert not follower.woken.is_set()
        assert follower.take() is None
        assert (follower.cursor, running.encoded) == (2, [])


async def test_who_does_not_say_from_where_is_told_the_state_first(running: Running) -> None:
    await running.stores.executions.record([event(1), event(2)])
    async with running.feed.follow(ALL) as follower:
        assert follower.take() is Reason.CONNECTED
        assert (follower.cursor, follower.take(), running.encoded) == (2, None, [])


async def test_who_resumes_is_told_only_what_is_behind(running: Running) -> None:
    await running.stores.executions.record([event(number) for number in range(5)])
    async with running.feed.follow(ALL, after=3) as follower:
        assert (await taken(follower)).cursor == 5
        assert [each.cursor for each in running.encoded if each.cursor > 3] == [4, 5]


async def test_who_is_ahead_of_this_process_is_told_nothing_twice(running: Running) -> None:
    async with running.feed.follow(ALL, after=0), running.feed.follow(ONE, after=0) as other:
        await running.stores.executions.record([event(1)])
        await taken(other)
        # Another process may have told event 2 before this one has read it.
        running.feed._wanted.clear()
        await running.stores.executions.record([event(2)])
        async with running.feed.follow(ALL, after=2) as ahead:
            assert ahead.take() is None
            await running.stores.executions.record([event(3)])
            assert '"attempt":2' not in (await taken(ahead)).text


async def test_followers_cost_a_place_however_far_behind_they_are(running: Running) -> None:
    async with AsyncExitStack() as stack:
        stalled = [await stack.enter_async_context(running.feed.follow(ALL, after=0)) for _ in range(200)]
        for start in range(0, 12_000, 2_000):
            await record(running.stores, [event(start + number) for number in range(2_000)])
            await until(lambda: running.feed.end == start + 2_000)  # noqa: B023 - awaited within the turn.
            for each in stalled[: start // 100]:
                each.take()
        gc.collect()
        found = gc.get_objects()
        assert sum(isinstance(each, Entry) for each in found) == BACKLOG
        assert sum(isinstance(each, Batch) for each in found) <= PLACES
        assert stalled[-1].take() is Reason.BEHIND
        assert stalled[-1].take() is None


async def test_nothing_is_kept_when_the_last_follower_has_left(running: Running) -> None:
    async with running.feed.follow(ALL, after=0) as follower:
        await running.stores.executions.record([event(1)])
        await taken(follower)
    assert (running.feed.channels, running.feed.followers) == (0, 0)
    await running.stores.executions.record([event(2)])
    async with running.feed.follow(ALL, after=1) as follower:
        assert (await taken(follower)).cursor == 2


@pytest.mark.parametrize("gap", [0, 3])
async def test_the_edge_of_the_backlog_counts_events_and_not_cursors(running: Running, gap: int) -> None:
    await running.stores.executions.record([event(1), *(event(number, "x2") for number in range(gap))])
    await record(running.stores, [event(100 + number) for number in range(BACKLOG)])
    async with running.feed.follow(ONE, after=1) as follower:
        assert isinstance(follower.take(), Batch)
    async with running.feed.follow(ONE, after=0) as follower:
        assert follower.take() is Reason.BEHIND


async def test_a_store_that_is_away_for_a_moment_loses_nothing(running: Running, tmp_path: Path) -> None:
    async with running.feed.follow(ALL, after=0) as follower:
        with capture_logs() as logs:
            # The very connection that the feed reads by is closed under its hands.
            await running.feed._executions._database.close()  # type: ignore[attr-defined]
            await until(lambda: any(each["event"] == "feed_cannot_read" for each in logs))
            await running.stores.executions.record([event(1)])
            running.feed._executions = running.stores.executions
            assert (await taken(follower)).cursor == 1
            await until(lambda: any(each["event"] == "feed_reads_again" for each in logs))
        assert sum(each["event"] == "feed_cannot_read" for each in logs) == 1


async def test_joining_while_events_come_loses_and_doubles_nothing(running: Running) -> None:
    done = asyncio.Event()

    async def write() -> None:
        for number in range(400):
            await running.stores.executions.record([event(number)])
        done.set()

    async def follow(after: int) -> list[int]:
        cursors: list[int] = []
        async with running.feed.follow(ALL, after=after) as follower:
            while not cursors or cursors[-1] < 400:
                batch = await taken(follower)
                cursors.extend(int(part.split("}")[0]) for part in batch.text.split('"cursor":')[2:])
        return cursors

    writing = asyncio.create_task(write())
    found = []
    while not done.is_set():
        after = running.feed.end
        found.append((after, asyncio.create_task(follow(after))))
        await asyncio.sleep(0)
        if len(found) > 50:
            await asyncio.wait([task for _, task in found[-1:]])
    await writing
    for after, task in found:
        assert await task == list(range(after + 1, 401))
