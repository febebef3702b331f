"""Sends by writing each message as an .eml file into a folder: for trials, tests and gateways that pick files up.

Every hand-over makes a file of its own, so that a message handed over twice is seen twice.
"""

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field

from postroom.discovery import configured
from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import Clock, SystemClock
from postroom.interfaces.provider import Claim, Delivery, Sender, SendResult
from postroom.model.reply import OutgoingEmail
from postroom.providers import SenderPlugin, SendingSurroundings

# Waiting may mend these; anything else needs a person.
FOR_NOW = {errno.EAGAIN, errno.EBUSY, errno.EDQUOT, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
FOR_NOW |= {errno.ENOSPC, errno.ESTALE, errno.ETIMEDOUT}
Result = TypeVar("Result")


class OutboxFolderConfig(BaseModel):
    """The settings of an outbox folder."""

    path: Path = Field(description="The folder that gets the .eml files; it is made where it is missing.")
    timeout_seconds: float = Field(default=30.0, gt=0, description="How long each look at the disk may take.")


class OutboxFolderSender:
    """Hands messages over by an atomic rename into a folder.

    Files are called `<time>-<digest of the Message-ID>-<random>.eml`; what is not handed over stays in `tmp`.
    """

    def __init__(self, config: OutboxFolderConfig, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        """Write and flush the file, ask `claim()`, then rename it and flush the folder.

        Before the claim a full or slow disk is `DEFERRED` and a folder that cannot be written is `REFUSED`; after it
        every error is `UNCERTAIN`.
        """
        name = f"{self._clock.now():%Y%m%dT%H%M%S.%fZ}-{_digest(message.message_id)}-{secrets.token_hex(8)}.eml"
        waiting, final = self._config.path / "tmp" / name, self._config.path / name
        try:
            await self._on_disk(lambda: _write(waiting, message.content))
        except OSError as error:
            await self._forget(waiting)
            deferred = isinstance(error, TimeoutError) or error.errno in FOR_NOW
            return SendResult(delivery=Delivery.DEFERRED if deferred else Delivery.REFUSED, detail=_reason(error))
        try:
            answer = await claim()
        except BaseException:
            await self._forget(waiting)
            raise
        if answer is not Claim.GRANTED:
            await self._forget(waiting)
            return SendResult(delivery=Delivery.NOT_CLAIMED, claim=answer)
        try:
            await self._on_disk(lambda: _hand_over(waiting, final))
        except OSError as error:
            return SendResult(delivery=Delivery.UNCERTAIN, detail=_reason(error))
        return SendResult(delivery=Delivery.SENT, detail=name)

    async def find(self, message_id: str) -> bool | None:
        """Return True where a file of `message_id` lies in the folder, else None."""
        digest = _digest(message_id)
        try:
            found = await self._on_disk(lambda: any(self._config.path.glob(f"*-{digest}-*.eml")))
        except OSError:
            return None
        return True if found else None

    async def check(self) -> str:
        """Return where files are written, having looked whether they may be; nothing is made.

        Raises:
            TransientError: the disk is full or did not answer.
            PluginError: the folder cannot be written.
        """
        try:
            await self._on_disk(lambda: _require_room(self._config.path / "tmp"))
        except OSError as error:
            kind = TransientError if isinstance(error, TimeoutError) or error.errno in FOR_NOW else PluginError
            raise kind(
                f"The outbox folder {str(self._config.path)!r} cannot be written: {_reason(error)}.",
                hint="Name a folder that Postroom may write, on a disk with room.",
            ) from error
        return f"Files in {self._config.path}"

    async def close(self) -> None:
        """Let go of nothing: no file stays open."""

    async def _forget(self, waiting: Path) -> None:
        try:
            await self._on_disk(lambda: waiting.unlink(missing_ok=True))
        except OSError:
            return  # A file left in tmp was never handed over and harms nobody.

    async def _on_disk(self, act: Callable[[], Result]) -> Result:
        async with asyncio.timeout(self._config.timeout_seconds):
            return await asyncio.to_thread(act)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _require_room(folder: Path) -> None:
    nearest = next(one for one in (folder, *folder.parents) if one.exists() or one.is_symlink())
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if os.statvfs(nearest).f_bavail == 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _hand_over(waiting: Path, final: Path) -> None:
    waiting.rename(final)
    folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _reason(error: OSError) -> str:
    return error.strerror or "no answer in time"


def _build(values: Mapping[str, object], surroundings: SendingSurroundings) -> Sender:
    del surroundings
    return OutboxFolderSender(configured(OutboxFolderConfig, values, plugin="outbox_folder"))


PLUGIN = SenderPlugin(name="outbox_folder", title="Folder of .eml files", config=OutboxFolderConfig, build=_build)
