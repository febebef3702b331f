"""One connection of the live stream: who opens it, what it is told, and how it ends.

Every connection is accepted first: a browser tells a page only of accepted ones why they were closed. The codes of
`Farewell` are those of RFC 6455 (1008, 1013) or 4000 and the HTTP status that a request would have got.
"""

import asyncio
from contextlib import closing, suppress
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from postroom.api.caller import Caller
from postroom.api.identify import SUBPROTOCOL, identify_stream, still_known
from postroom.api.live.channel import Batch
from postroom.api.live.feed import FeedPace, Follower
from postroom.api.live.messages import Reason, heartbeat_json, snapshot_json
from postroom.api.live.state import state_of, topic_of
from postroom.api.office import Office, office_of
from postroom.api.problem import CallError
from postroom.errors import InputError, PostroomError, StoreError
from postroom.model.execution import EventFilter, ExecutionId
from postroom.model.user import Permission
from postroom.model.workflow import WorkflowSlug

MAX_ID = 200
MAX_CURSOR = 2**63 - 1
CLOSE_SECONDS = 1.0
MAX_STREAMS = 1000
"""How many streams there may be at once, of all callers together."""
REASON_BYTES = 123
"""RFC 6455 section 5.5: a control frame carries 125 bytes, two of which are the code."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """How the server closes a connection: a code for programs and a sentence for people."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One accepted connection: who reads it, what they follow, and behind which cursor (None: from now)."""

    websocket: WebSocket
    office: Office
    caller: Caller
    topic: EventFilter
    after: int | None


async def serve(websocket: WebSocket) -> None:
    """Serve one connection until either side closes it."""
    office = office_of(websocket)
    offered = websocket.scope.get("subprotocols", [])
    with suppress(WebSocketDisconnect):
        await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        try:
            farewell = await _converse(await _admit(websocket, office))
        except PostroomError as error:
            farewell = _farewell(error)
        if farewell is not None:
            await _close(websocket, farewell)


async def _admit(websocket: WebSocket, office: Office) -> Stream:
    caller = await identify_stream(websocket, office)
    if Permission.READ not in caller.permissions:
        raise CallError(403, f"{caller.name!r} may not read.")
    if office.feed.followers >= MAX_STREAMS:
        raise CallError(429, f"There are {MAX_STREAMS} streams already.", hint="Close one, or come back later.")
    workflow = WorkflowSlug(websocket.path_params["id"])
    execution_id = websocket.query_params.get("execution_id")
    after = _cursor(websocket.query_params.get("after"))
    if max(len(workflow), len(execution_id or "")) > MAX_ID:
        raise InputError(f"An id has at most {MAX_ID} characters.")
    topic = await topic_of(office.stores, workflow, None if execution_id is None else ExecutionId(execution_id))
    return Stream(websocket=websocket, office=office, caller=caller, topic=topic, after=after)


async def _converse(stream: Stream) -> Farewell | None:
    """Tell what changes until somebody closes; return how we do, None where the client has gone."""
    async with stream.office.feed.follow(stream.topic, after=stream.after) as follower, asyncio.TaskGroup() as group:
        tasks = {group.create_task(_listen(stream.websocket)), group.create_task(_tell(stream, follower))}
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
    return next(iter(done)).result()


async def _listen(websocket: WebSocket) -> Farewell | None:
    """Wait for the end; the server's own shutdown is told in the same way."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        return None
    return Farewell(1008, "The stream takes no messages.")


async def _tell(stream: Stream, follower: Follower) -> Farewell | None:
    try:
        async with asyncio.timeout(None) as patience:
            with closing(_Watch(stream.office.feed.pace, follower.woken, patience)) as watch:
                return await _tell_on(stream, follower, watch)
    except TimeoutError:
        return Farewell(1008, "The client takes nothing.")
    except WebSocketDisconnect:
        return None
    except PostroomError as error:
        return _farewell(error)


async def _tell_on(stream: Stream, follower: Follower, watch: "_Watch") -> Farewell:
    while True:
        due = watch.due()
        if due and not await still_known(stream.caller, stream.office):
            return Farewell(4401, "The credential is not valid any more.")
        taken = follower.take()
        if isinstance(taken, Batch):
            await _send(stream, watch, taken.text)
        elif taken is not None:
            await _send(stream, watch, await _snapshot(stream, taken, follower.cursor))
        elif not due:
            await follower.woken.wait()
        if due:
            await _send(stream, watch, heartbeat_json(follower.cursor, stream.office.clock.now()))


class _Watch:
    """Wakes a stream for its heart-beats and runs its patience out where a message is taken by nobody.

    One timer for both that mostly sleeps: a time-out around each wait and each message would cost more than these.
    """

    def __init__(self, pace: FeedPace, woken: asyncio.Event, patience: asyncio.Timeout) -> None:
        self.sending_since: float | None = None
        self._pace = pace
        self._woken = woken
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._beat_at = self._loop.time() + pace.heartbeat_seconds
        self._timer = self._loop.call_at(self._beat_at, self._look)

    def due(self) -> bool:
        """Return whether it is time for a heart-beat, once for each."""
        now = self._loop.time()
        if now < self._beat_at:
            return False
        self._beat_at = now + self._pace.heartbeat_seconds
        return True

    def close(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        looks = [self._beat_at if self._beat_at > now else now + self._pace.heartbeat_seconds]
        if self._beat_at <= now:
            self._woken.set()
        if self.sending_since is not None:
            looks.append(self.sending_since + self._pace.send_seconds)
            if looks[-1] <= now:
                self._patience.reschedule(now)
                return
        self._timer = self._loop.call_at(min(looks), self._look)


async def _snapshot(stream: Stream, reason: Reason, cursor: int) -> str:
    # The cursor is older than the state: nothing between them is lost, and events may be told twice without harm.
    return snapshot_json(reason, cursor, await state_of(stream.office.stores, stream.topic))


async def _send(stream: Stream, watch: _Watch, text: str) -> None:
    watch.sending_since = asyncio.get_running_loop().time()
    await stream.websocket.send_text(text)
    watch.sending_since = None


async def _close(websocket: WebSocket, farewell: Farewell) -> None:
    reason = farewell.reason.encode()[:REASON_BYTES].decode(errors="ignore")
    # To who takes nothing no farewell can be said either; the server then cuts the connection off.
    with suppress(TimeoutError, RuntimeError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(farewell.code, reason)


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_CURSOR)) and int(text) <= MAX_CURSOR):
        raise InputError("`after` is not a cursor.", hint="Give the `cursor` of the newest message.")
    return int(text)


def _farewell(error: PostroomError) -> Farewell:
    if isinstance(error, CallError):
        return Farewell(4000 + error.status, error.message)
    if isinstance(error, StoreError):
        # RFC 6455's registry: try again later.
        return Farewell(1013, error.message)
    return Farewell(4000 + error.http_status, error.message)
