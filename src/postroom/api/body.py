"""The body of a request as it arrives: counted while it streams, refused where it is too large or too slow."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive

MOST_HELD_BYTES = 128 * 1024 * 1024
"""How many bytes of bodies may be in memory at once, of all requests together."""

MOST_LINGERED_BYTES = 64 * 1024 * 1024
"""How many bytes of a refused body are still taken."""

_UPLOAD_PATH = "/execute-enhanced"
PAST_MAIL_PATH = "/api/v1/past-mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is answered before the application could: a status, and the problem in words."""

    status: int
    detail: str
    hint: str = ""
    retry_after_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one body may be: how large, how long on its way in all and between two parts, and whether memory holds it.

    What is not held in memory is written to the disk as it comes.
    """

    size_bytes: int
    seconds: float
    silent_seconds: float
    in_memory: bool = True


class BodyRefusedError(Exception):
    """The rest of the body is not read; the `Bounds` answer `status`, whatever the application makes of it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Held:
    """How many bytes of bodies are in memory now."""

    size_bytes: int = 0


def media_type(headers: Headers) -> str:
    """Return of what kind a body is, as `text/yaml`: without parameters, in small letters, empty where nothing says."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_upload(path: str) -> bool:
    """Return whether the body of a request may be a message or past mail, from who is known."""
    return path.endswith(_UPLOAD_PATH) or path == PAST_MAIL_PATH


def declared_refusal(headers: Headers, limit: int) -> Refusal | None:
    """Return why a body is refused for what its `Content-Length` says, None where it may come."""
    declared = headers.getlist("content-length")
    if not declared:
        return None
    if len(declared) > 1 or not (declared[0].isascii() and declared[0].isdigit()):
        return Refusal(status=400, detail="The `Content-Length` is no number.", hint="Send one, in digits.")
    # Compared by length first: a number of a million digits is not worth reading.
    digits = declared[0].lstrip("0")
    return _too_large(limit) if len(digits) > len(str(limit)) or int(digits or "0") > limit else None


class Body:
    """Receives one body within what it is allowed; its seconds count from its first part on."""

    def __init__(self, receive: Receive, *, allowance: Allowance, held: Held) -> None:
        self.refusal: Refusal | None = None
        self._receive = receive
        self._allowance = allowance
        self._held = held if allowance.in_memory else None
        self._size = 0
        self._deadline: float | None = None
        self._complete = False

    async def receive(self) -> Message:
        """Return the next part of the body, or that the client has gone.

        Raises:
            BodyRefusedError: it is too large or too slow; `refusal` says which.
        """
        if self.refusal is not None:
            raise BodyRefusedError(self.refusal.status)
        if self._complete:
            return await self._receive()
        message = await self._in_time()
        if message["type"] == "http.request":
            self._complete = not message.get("more_body", False)
            self._count(len(message.get("body", b"")))
        return message

    @property
    def complete(self) -> bool:
        """Whether all of it has arrived."""
        return self._complete

    def let_go(self) -> None:
        """Say that the body is in memory no more."""
        if self._held is not None:
            self._held.size_bytes -= self._size
        self._size = 0

    async def linger(self, *, seconds: float) -> None:
        """Take what is left of it and throw it away, for some time and bytes: its sender reads no answer before."""
        left = MOST_LINGERED_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while left > 0 and not self._complete:
                    message = await self._receive()
                    left -= len(message.get("body", b""))
                    self._complete = not message.get("more_body", False)

    async def _in_time(self) -> Message:
        loop = asyncio.get_running_loop()
        if self._deadline is None:
            self._deadline = loop.time() + self._allowance.seconds
        due = min(self._deadline, loop.time() + self._allowance.silent_seconds)
        try:
            async with asyncio.timeout_at(due):
                return await self._receive()
        except TimeoutError as error:
            detail = f"The body was not complete within {self._allowance.seconds:g} seconds."
            if due < self._deadline:
                detail = f"Nothing more of the body came for {self._allowance.silent_seconds:g} seconds."
            self.refusal = Refusal(status=408, detail=detail, hint="Send it again, faster.")
            raise BodyRefusedError(self.refusal.status) from error

    def _count(self, size: int) -> None:
        self._size += size
        if self._held is not None:
            self._held.size_bytes += size
        if self._size > self._allowance.size_bytes:
            self.refusal = _too_large(self._allowance.size_bytes)
        elif self._held is not None and self._held.size_bytes > MOST_HELD_BYTES:
            self.refusal = Refusal(
                status=503, detail="Too much is being sent at once.", hint="Try again soon.", retry_after_seconds=2
            )
        if self.refusal is not None:
            raise BodyRefusedError(self.refusal.status)


def _too_large(limit: int) -> Refusal:
    return Refusal(status=413, detail=f"The body is larger than {limit} bytes.", hint="Send less at once.")
