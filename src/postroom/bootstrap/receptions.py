"""Receiving from every mailbox at once, following what people add, change and remove."""

import asyncio
from contextlib import suppress

import structlog

from postroom.bootstrap.openers import OpenMailbox
from postroom.bootstrap.opening import Postroom
from postroom.engine.runtime import Engine
from postroom.errors import PostroomError
from postroom.intake.receive import receive_forever

log = structlog.get_logger()

REFRESH_SECONDS = 2.0


class Receptions:
    """One task per open mailbox; a mailbox that is closed is not received from any more before it is."""

    def __init__(self, postroom: Postroom, engine: Engine) -> None:
        self._postroom = postroom
        self._engine = engine
        self._tasks: dict[str, tuple[OpenMailbox, asyncio.Task[None]]] = {}
        postroom.directory.before_closing = self._stop

    async def receive_forever(self) -> None:
        """Receive from what the directory holds, looking for changes every two seconds, until cancelled."""
        try:
            while True:
                await self._follow()
                await asyncio.sleep(REFRESH_SECONDS)
        finally:
            for name in list(self._tasks):
                await self._stop(name)

    async def _follow(self) -> None:
        try:
            await self._postroom.refresh()
        except PostroomError as error:
            log.error("directory_cannot_be_read", problem=error.message, hint=error.hint)  # noqa: TRY400
        for name, one in self._postroom.directory.open.items():
            if name not in self._tasks:
                reception = self._postroom.reception(self._engine, one)
                self._tasks[name] = (one, asyncio.create_task(receive_forever(reception)))

    async def _stop(self, name: str) -> None:
        found = self._tasks.pop(name, None)
        if found is not None:
            found[1].cancel()
            with suppress(asyncio.CancelledError):
                await found[1]
