"""Receiving from every mailbox at once, following what people add, change and remove."""

import asyncio
from collections.abc import Callable

import structlog

from postroom.bootstrap.opening import Postroom
from postroom.engine.runtime import Engine
from postroom.errors import PostroomError
from postroom.intake.receive import receive_forever

log = structlog.get_logger()

REFRESH_SECONDS = 2.0


async def follow_forever(postroom: Postroom) -> None:
    """Follow what people add, change and remove, looking every two seconds, until cancelled."""
    while True:
        await _follow(postroom)
        await asyncio.sleep(REFRESH_SECONDS)


class Receptions:
    """One task per open mailbox; a mailbox that is closed is not received from any more before it is.

    `say` hears of each mailbox that is connected anew or disconnected while this runs.
    """

    def __init__(self, postroom: Postroom, engine: Engine, *, say: Callable[[str], None] | None = None) -> None:
        self._postroom = postroom
        self._engine = engine
        self._say = say or (lambda _: None)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        postroom.directory.before_closing = self._stop

    async def receive_forever(self) -> None:
        """Receive from what the directory holds, looking for changes every two seconds, until cancelled."""
        self._receive()
        try:
            while True:
                await self._follow()
                await asyncio.sleep(REFRESH_SECONDS)
        finally:
            for name in list(self._tasks):
                await self._stop(name)

    async def _follow(self) -> None:
        await _follow(self._postroom)
        for name in self._receive():
            mailbox = self._postroom.directory.mailboxes[name]
            self._say(f"Receiving from the mailbox {name} of {mailbox.address.address}, mode {mailbox.mode}.")

    def _receive(self) -> list[str]:
        """Begin to receive from what is open and not received from yet; return which."""
        begun = [name for name in self._postroom.directory.open if name not in self._tasks or self._tasks[name].done()]
        for name in begun:
            reception = self._postroom.reception(self._engine, self._postroom.directory.open[name])
            self._tasks[name] = asyncio.create_task(receive_forever(reception))
        return begun

    async def _stop(self, name: str) -> None:
        found = self._tasks.pop(name, None)
        if found is not None:
            found.cancel()
            # Not awaited itself: its cancellation must not be taken for one of ours, nor ours for its.
            await asyncio.wait({found})
            if name not in self._postroom.directory.mailboxes:
                self._say(f"The mailbox {name} was removed.")


async def _follow(postroom: Postroom) -> None:
    try:
        await postroom.refresh()
    except PostroomError as error:
        log.error("directory_cannot_be_read", problem=error.message, hint=error.hint)  # noqa: TRY400
    except Exception:
        log.exception("directory_broke", hint="Report this as a bug.")
