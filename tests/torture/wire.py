"""The wire: between the child and its servers, where connections break and fall silent, and from where it is killed."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from torture.talk import Piece, Place

CHUNK_BYTES = 65_536


class Act(StrEnum):
    """What happens at a place: the child is killed or stopped, or the connection is reset or swallows everything."""

    KILL = "kill"
    STOP = "stop"
    DROP = "drop"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """What happens when `place` is crossed for the `nth` time."""

    place: Place
    act: Act
    nth: int = 1


class Talk(Protocol):
    """Knows the places in one connection."""

    def said(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the client said."""
        ...

    def answered(self, chunk: bytes) -> list[Piece]:
        """Return the pieces of what the server answered."""
        ...


class _CutError(Exception):
    """The connection ends here."""


@dataclass
class Traps:
    """The traps that are set, and the child they are for (a descriptor of the process: its number may be reused)."""

    waiting: list[Trap] = field(default_factory=list)
    child: int | None = None
    _crossed: dict[Trap, int] = field(default_factory=dict)

    def set(self, traps: tuple[Trap, ...]) -> None:
        """Set these traps and no others."""
        self.waiting = list(traps)
        self._crossed = {}

    def aim(self, pid: int | None) -> None:
        """Choose the child; without one no trap goes off."""
        if self.child is not None:
            os.close(self.child)
        self.child = os.pidfd_open(pid) if pid is not None else None

    def cross(self, place: Place) -> Act | None:
        """Return what happens at a place that is crossed now; a signal has been sent already."""
        for trap in self.waiting:
            if trap.place is place and self.child is not None:
                self._crossed[trap] = self._crossed.get(trap, 0) + 1
                if self._crossed[trap] == trap.nth:
                    self.waiting.remove(trap)
                    self._signal(trap.act)
                    return trap.act
        return None

    def _signal(self, act: Act) -> None:
        number = {Act.KILL: signal.SIGKILL, Act.STOP: signal.SIGSTOP}.get(act)
        if number is not None and self.child is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.child, number)


class Wire:
    """Passes connections on to the port of one server."""

    def __init__(self, server_port: int, traps: Traps, new_talk: Callable[[], Talk]) -> None:
        self._server_port = server_port
        self._traps = traps
        self._new_talk = new_talk
        self._open: set[_Link] = set()
        self._empty = asyncio.Event()

    async def listen(self) -> asyncio.Server:
        """Listen on a free loopback port."""
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    def drop_all(self) -> None:
        """Reset every connection."""
        for link in list(self._open):
            link.cut()

    async def close(self) -> None:
        """Reset every connection and return when all are gone."""
        self._empty.clear()
        self.drop_all()
        while self._open:
            await self._empty.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, server_writer, self._traps)
        talk = self._new_talk()
        with self._kept(link):
            ends = (link.pump(reader, server_writer, talk.said), link.pump(server_reader, writer, talk.answered))
            tasks = [asyncio.create_task(end) for end in ends]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                # What the other side still says when one has ended is passed on.
                await asyncio.wait(tasks, timeout=1)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def _kept(self, link: "_Link") -> Iterator[None]:
        self._open.add(link)
        try:
            yield
        finally:
            self._open.discard(link)
            link.cut()
            if not self._open:
                self._empty.set()


class _Link:
    """One connection through the wire."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter, traps: Traps) -> None:
        self._ends = (client, server)
        self._traps = traps
        self._silent = False

    def cut(self) -> None:
        """Reset both ends."""
        for end in self._ends:
            end.transport.abort()

    async def pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces_of: Callable[[bytes], list[Piece]]
    ) -> None:
        """Pass on what one side says until it ends."""
        with suppress(OSError, _CutError):
            while chunk := await reader.read(CHUNK_BYTES):
                for piece in pieces_of(chunk):
                    await self._pass_on(piece, writer)
            writer.close()

    async def _pass_on(self, piece: Piece, writer: asyncio.StreamWriter) -> None:
        if self._silent:
            return
        act = self._traps.cross(piece.before) if piece.before is not None else None
        if act in {Act.KILL, Act.DROP}:
            self.cut()
            raise _CutError
        if act is Act.SILENCE:
            self._silent = True
            return
        writer.write(piece.content)
        await writer.drain()
        if piece.then is not None:
            piece.then()
