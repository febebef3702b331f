"""Receives from an mbox file, whatever else writes to it.

The uid comes from the content, so it stays when the file grows or is rewritten; a cursor names an offset and the bytes
before it.
"""

import asyncio
import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import BaseModel, Field

from postroom.discovery import configured
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import Fetched
from postroom.model.email import RawEmail
from postroom.providers import TRUNCATED_FLAG, OpenReceiver, ReceiverPlugin, Surroundings
from postroom.providers.mbox.messages import MboxMessage, date_of, messages_of

GUARD_BYTES = 4096
BATCH_BYTES = 64 * 1024 * 1024  # One fetch holds no more than this in memory, whatever its limit.
FLAGS = {"A": "\\Answered", "D": "\\Deleted", "F": "\\Flagged", "R": "\\Seen", "T": "\\Draft"}
FOR_GOOD = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EINVAL}

Result = TypeVar("Result")


class MboxConfig(BaseModel):
    """The settings of an mbox file."""

    path: Path = Field(description="The mbox file.")
    max_message_bytes: int = Field(default=25 * 1024 * 1024, ge=1024, description="Larger messages are cut.")
    settle_seconds: float = Field(
        default=2.0, ge=0, description="How long the file must be untouched before its last message counts as whole."
    )
    poll_seconds: float = Field(default=2.0, gt=0, description="How often the file is looked at while waiting.")
    timeout_seconds: float = Field(default=120.0, gt=0, description="How long one reading of the file may take.")


class MboxReceiver:
    """An mbox file as a mailbox. Only reads it, under a shared lock."""

    def __init__(self, config: MboxConfig, surroundings: Surroundings) -> None:
        self._config = config
        self._surroundings = surroundings
        folder = hashlib.sha256(os.fsencode(config.path.resolve())).hexdigest()
        self._uid_validity = f"mbox-{folder[:16]}"
        self._existed = False
        self._seen: tuple[int, int, int] | None = None
        self._changed_at = datetime.fromtimestamp(0, UTC)
        # A cursor that was asked for, and how far behind it the ledger was found to have everything.
        self._passed: tuple[str | None, str | None] = (None, None)
        # Where each content starts, so that equal messages are told apart by their order, up to `_indexed` bytes.
        self._starts: dict[str, dict[int, int]] = {}
        self._indexed = 0

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return up to `limit` messages after `cursor`, in the order of the file.

        Begins again where the bytes before the cursor changed; messages that the ledger has are then left out. The last
        message waits until the file has been left alone for `settle_seconds`.

        Raises:
            TransientError: the file is locked, gone for now, or the disk did not answer.
            PluginError: this is no mbox file, or it may not be read.
        """
        more = True
        place = self._passed[1] if self._passed[0] == cursor and self._passed[1] else cursor
        while more:
            messages, more = await self._on_disk(partial(self._batch, place, limit))
            known = await self._surroundings.known(self._uid_validity, [uid for uid, _, _ in messages])
            emails = tuple((self._raw(uid, one), after) for uid, one, after in messages if uid not in known)
            if emails:
                return Fetched(emails=emails, more=more)
            place = messages[-1][2] if messages else place
            self._passed = (cursor, place)
        return Fetched(emails=(), more=False)

    async def wait(self, *, timeout_seconds: float) -> None:
        """Return when the file changed since it was last read to its end, or after `timeout_seconds`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        if self._seen is None:
            await asyncio.sleep(min(self._config.poll_seconds, timeout_seconds))
            return
        while (left := end - loop.time()) > 0:
            try:
                if await self._on_disk(self._signature) != self._seen:
                    return
            except TransientError:
                pass  # Gone for now; it may come back before the time is over.
            await asyncio.sleep(min(self._config.poll_seconds, left))

    async def acknowledge(self, email: RawEmail) -> None:
        """Do nothing: the file belongs to others."""

    async def close(self) -> None:
        """Do nothing: the file is open only while it is read."""

    def _batch(self, cursor: str | None, limit: int) -> tuple[list[tuple[str, MboxMessage, str]], bool]:
        """Return messages with their uids and cursors, and whether there are more."""
        with _opened(self._config.path) as file:
            self._existed = True
            before = os.fstat(file.fileno())
            self._changed_at = datetime.fromtimestamp(max(0, int(before.st_mtime)), UTC)
            offset = _resumed(file, cursor)
            self._index_up_to(offset, file)
            batch: list[tuple[str, MboxMessage, str]] = []
            budget = BATCH_BYTES
            for message in messages_of(file, offset, keep_bytes=self._config.max_message_bytes):
                if message.end >= before.st_size and not self._settled(os.fstat(file.fileno())):
                    self._seen = None
                    return batch, False
                if len(batch) == limit or budget <= 0:
                    return batch, True
                budget -= len(message.content)
                batch.append((self._index(message), message, _cursor(file, message.end)))
            self._seen = _signature(before)
            return batch, False

    def _index_up_to(self, offset: int, file: BinaryIO) -> None:
        if offset == 0:
            self._starts, self._indexed = {}, 0
        if offset > self._indexed:
            for message in messages_of(file, self._indexed, keep_bytes=0):
                if message.end > offset:
                    return
                self._index(message)

    def _settled(self, found: os.stat_result) -> bool:
        # A time in the future says nothing, and must not hold a message back.
        return not 0 <= time.time() - found.st_mtime < self._config.settle_seconds

    def _index(self, message: MboxMessage) -> str:
        starts = self._starts.setdefault(message.digest, {})
        self._indexed = max(self._indexed, message.end)
        return f"{message.digest[:32]}-{starts.setdefault(message.start, len(starts))}"

    def _raw(self, uid: str, message: MboxMessage) -> RawEmail:
        flags = {FLAGS[letter] for letter in message.letters if letter in FLAGS}
        if message.truncated:
            flags.add(TRUNCATED_FLAG)
        return RawEmail(
            mailbox_id=self._surroundings.mailbox_id,
            uid_validity=self._uid_validity,
            uid=uid,
            received_at=date_of(message.separator) or self._changed_at,
            content=message.content,
            flags=frozenset(flags),
        )

    def _signature(self) -> tuple[int, int, int]:
        return _signature(self._config.path.stat())

    async def _on_disk(self, look: Callable[[], Result]) -> Result:
        path = str(self._config.path)
        try:
            async with asyncio.timeout(self._config.timeout_seconds):
                return await asyncio.to_thread(look)
        except BlockingIOError as error:
            raise TransientError(
                f"The mbox file {path!r} is locked by another program.",
                hint="It is tried again; end the program that holds it if this lasts.",
            ) from error
        except OSError as error:
            missing_from_the_start = error.errno == errno.ENOENT and not self._existed
            if error.errno in FOR_GOOD or missing_from_the_start:
                hint = "Name a file in mbox format that Postroom may read."
                raise PluginError(f"The mbox file {path!r} cannot be read: {error.strerror}.", hint=hint) from error
            raise TransientError(
                f"The mbox file {path!r} cannot be read now: {error.strerror or 'no answer in time'}.",
                hint="It is tried again; look at the disk, or at the network it is reached by.",
            ) from error


def _opened(path: Path) -> BinaryIO:
    # Opening a pipe would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb", buffering=1024 * 1024)


def _cursor(file: BinaryIO, end: int) -> str:
    start = max(0, end - GUARD_BYTES)
    return f"{end}:{hashlib.sha256(os.pread(file.fileno(), end - start, start)).hexdigest()[:32]}"


def _resumed(file: BinaryIO, cursor: str | None) -> int:
    """Return where to go on, or 0 where the file is not the one that the cursor was made for."""
    end = (cursor or "").partition(":")[0]
    if not end.isdecimal() or int(end) > os.fstat(file.fileno()).st_size:
        return 0
    return int(end) if _cursor(file, int(end)) == cursor else 0


def _signature(found: os.stat_result) -> tuple[int, int, int]:
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _build(values: Mapping[str, object], surroundings: Surroundings) -> OpenReceiver:
    return OpenReceiver(receiver=MboxReceiver(configured(MboxConfig, values, plugin="mbox"), surroundings))


async def _check(opened: OpenReceiver) -> str:
    fetched = await opened.receiver.fetch(None, limit=1)
    return "It can be read" + ("" if fetched.emails else ", it holds nothing")


PLUGIN = ReceiverPlugin(name="mbox", title="Mbox file", config=MboxConfig, build=_build, check=_check)
