"""The feed: the newest events in memory, read once and encoded once for all who follow them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from postroom.api.live.channel import BACKLOG, Batch, Channel, Entry
from postroom.api.live.messages import Reason, event_json
from postroom.errors import StoreError
from postroom.interfaces.stores.executions import Executions
from postroom.model.execution import Event, EventFilter

log = structlog.get_logger()

PAGE = 500
REWIND_SECONDS = 1.0
"""After how long without events the feed looks whether the log was put back to an older state."""

Key = tuple[str, str]
"""An execution or "", and else its workflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPace:
    """How long events are gathered, between heart-beats, until a client that takes nothing is left, after errors."""

    gather_seconds: float = 0.02
    heartbeat_seconds: float = 15.0
    send_seconds: float = 30.0
    retry_seconds: float = 1.0


class Follower:
    """Somebody's place in the log. It costs no more than that, however far behind the follower is."""

    def __init__(self, feed: "Feed", channel: Channel, cursor: int) -> None:
        self.cursor = cursor
        self.woken = asyncio.Event()
        self._feed = feed
        self._channel = channel
        self._told: Reason | None = None

    def tell_state(self, reason: Reason) -> None:
        """Let the follower take `reason` next, instead of events."""
        self._told = reason
        self.woken.set()

    def take(self) -> Batch | Reason | None:
        """Return what comes next and stand behind it; None where nothing does.

        A reason says that the events up to `cursor` cannot be told one by one: tell the state, read after this call.
        """
        self.woken.clear()
        if self._told is None and self.cursor < self._channel.floor:
            self._told = Reason.BEHIND
        if self._told is not None:
            reason, self._told = self._told, None
            self.cursor = self._feed.end
            return reason
        batch = self._channel.batch(self.cursor)
        # A resumed follower may be ahead of this feed: another process told it more.
        self.cursor = max(self.cursor, self._feed.end) if batch is None else batch.cursor
        return batch


class Feed:
    """Follows the event log while anybody follows the feed."""

    def __init__(
        self, executions: Executions, *, pace: FeedPace | None = None, encode: Callable[[Event], str] = event_json
    ) -> None:
        self.pace = pace or FeedPace()
        self.end = 0
        """Up to which cursor the log was read."""
        self._executions = executions
        self._encode = encode
        self._channels: dict[Key, Channel] = {}
        self._followers: dict[Key, set[Follower]] = {}
        self._wanted = asyncio.Event()
        self._joining = asyncio.Lock()
        self._filling = asyncio.Lock()
        self._more = False
        """Whether the last page was full."""

    async def run(self) -> None:
        """Follow the log until cancelled; a store that cannot be read is asked again."""
        broken = False
        while True:
            await self._wanted.wait()
            try:
                await self._read()
                if broken:
                    log.info("feed_reads_again")
                broken = False
            except StoreError as error:
                if not broken:
                    log.warning("feed_cannot_read", problem=error.message, hint=error.hint)
                broken = True
                await asyncio.sleep(self.pace.retry_seconds)

    @asynccontextmanager
    async def follow(self, topic: EventFilter, *, after: int | None = None) -> AsyncIterator[Follower]:
        """Give a follower of one execution or one workflow, behind `after`; None: from now, the state first.

        `topic` names either an execution or a workflow, and nothing else.

        Raises:
            StoreError: the store cannot be read.
        """
        follower = await self._join(topic, after)
        try:
            await self._place(follower, topic, after)
            yield follower
        finally:
            self._leave(follower, topic)

    @property
    def channels(self) -> int:
        """How many executions and workflows are followed now."""
        return len(self._channels)

    @property
    def followers(self) -> int:
        """How many follow now."""
        return sum(map(len, self._followers.values()))

    async def _join(self, topic: EventFilter, after: int | None) -> Follower:
        async with self._joining:
            if not self._channels:
                self.end = await self._executions.newest_cursor()
            key = _key(topic)
            channel = self._channels.get(key)
            if channel is None:
                channel = self._channels[key] = Channel(topic, self.end)
            follower = Follower(self, channel, self.end if after is None else after)
            self._followers.setdefault(key, set()).add(follower)
            self._wanted.set()
        return follower

    def _leave(self, follower: Follower, topic: EventFilter) -> None:
        key = _key(topic)
        followers = self._followers[key]
        followers.remove(follower)
        if not followers:
            del self._followers[key], self._channels[key]
        if not self._channels:
            self._wanted.clear()

    async def _place(self, follower: Follower, topic: EventFilter, after: int | None) -> None:
        if after is None:
            follower.tell_state(Reason.CONNECTED)
        elif after > self.end and after > await self._executions.newest_cursor():
            follower.tell_state(Reason.UNKNOWN_CURSOR)
        else:
            async with self._filling:
                await self._fill(self._channels[_key(topic)], after)

    async def _fill(self, channel: Channel, after: int) -> None:
        """Read backwards until the channel reaches down to `after` or holds all it may."""
        while channel.floor > after:
            floor = channel.floor
            room = min(PAGE, BACKLOG - len(channel))
            # Where there is no room any more, the next older event still says how far down the channel reaches.
            events = await self._executions.latest_events(channel.topic, before=floor + 1, limit=max(room, 1))
            if channel.floor != floor or len(channel) + min(len(events), room) > BACKLOG:
                continue
            if room:
                # A short page is the oldest one.
                below = events[0].cursor - 1 if len(events) == room else 0
                channel.prepend([self._entry(event) for event in events], below)
            else:
                channel.floor = events[-1].cursor if events else 0
                return

    async def _read(self) -> None:
        """Read what is new, gathered first where there is not more than a page of it already."""
        after = self.end
        if self._more:
            events = await self._executions.events(after=after, limit=PAGE)
        else:
            events = await self._executions.coming(
                after=after, every_seconds=self.pace.gather_seconds, patience_seconds=REWIND_SECONDS, limit=PAGE
            )
        self._more = len(events) == PAGE
        if after != self.end or not self._channels:
            # Everybody left meanwhile; who came since begins behind these events, or they are read again.
            return
        if events:
            self._spread(events)
        else:
            await self._look_for_rewind()

    def _spread(self, events: Sequence[Event]) -> None:
        concerned: set[Key] = set()
        for event in events:
            entry: Entry | None = None
            for key in ((event.execution_id, ""), ("", event.workflow)):
                channel = self._channels.get(key)
                if channel is None:
                    continue
                entry = entry or self._entry(event)
                channel.append(entry)
                concerned.add(key)
        self.end = events[-1].cursor
        for key in concerned:
            for follower in self._followers[key]:
                follower.woken.set()

    async def _look_for_rewind(self) -> None:
        end = self.end
        newest = await self._executions.newest_cursor()
        if newest >= end or end != self.end:
            return
        log.warning(
            "event_log_rewound",
            newest=newest,
            was=end,
            hint="An older copy of the store was restored, or its newest events were erased.",
        )
        self.end = newest
        for key, channel in self._channels.items():
            channel.restart(newest)
            for follower in self._followers[key]:
                follower.tell_state(Reason.UNKNOWN_CURSOR)

    def _entry(self, event: Event) -> Entry:
        return Entry(event.cursor, self._encode(event))


def _key(topic: EventFilter) -> Key:
    return (topic.execution_id or "", topic.workflow or "")
