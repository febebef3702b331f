"""Receives from an mbox file, in one linear pass, whatever else writes to it.

A message begins at a line `From …` that has two of three signs: an empty line before it, a date in it, a header after
it (RFC 4155 asks for all, real files for none). `>From ` loses one `>` (mboxrd; the same for mboxo). The uid comes from
the content, so it stays when the file grows or is rewritten; a cursor names an offset and the bytes before it.
"""

import asyncio
import errno
import fcntl
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, Field

from postroom.discovery import configured
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import Fetched
from postroom.model.email import RawEmail
from postroom.providers import TRUNCATED_FLAG, OpenReceiver, ReceiverPlugin, Surroundings

LINE_BYTES = 64 * 1024  # Longer lines are read in pieces.
GUARD_BYTES = 4096
BATCH_BYTES = 64 * 1024 * 1024  # One fetch holds no more than this in memory, whatever its limit.
SEPARATOR_BYTES = 1000
BLANK = (b"\n", b"\r\n")
# Mail programs rewrite these headers in place; a message stays the same message.
STATUS_HEADERS = (b"status:", b"x-status:", b"x-uid:", b"x-keywords:", b"x-mozilla-status:", b"x-mozilla-status2:")
FLAGS = {"A": "\\Answered", "D": "\\Deleted", "F": "\\Flagged", "R": "\\Seen", "T": "\\Draft"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FOR_GOOD = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EINVAL}

_HEADER = re.compile(rb"[!-9;-~]+:")
_QUOTED = re.compile(rb">+From ")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the file: its bytes (cut where too large), where it starts and ends, and what identifies it.

    `digest` covers all of its bytes but the status headers; `letters` are those of its Status headers.
    """

    content: bytes
    separator: bytes
    start: int
    end: int
    digest: str
    truncated: bool
    letters: str


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

    def _batch(self, cursor: str | None, limit: int) -> tuple[list[tuple[str, Message, str]], bool]:
        """Return messages with their uids and cursors, and whether there are more."""
        with _opened(self._config.path) as file:
            self._existed = True
            before = os.fstat(file.fileno())
            self._changed_at = datetime.fromtimestamp(max(0, int(before.st_mtime)), UTC)
            offset = _resumed(file, cursor)
            self._index_up_to(offset, file)
            batch: list[tuple[str, Message, str]] = []
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

    def _index(self, message: Message) -> str:
        starts = self._starts.setdefault(message.digest, {})
        self._indexed = max(self._indexed, message.end)
        return f"{message.digest[:32]}-{starts.setdefault(message.start, len(starts))}"

    def _raw(self, uid: str, message: Message) -> RawEmail:
        flags = {FLAGS[letter] for letter in message.letters if letter in FLAGS}
        if message.truncated:
            flags.add(TRUNCATED_FLAG)
        return RawEmail(
            mailbox_id=self._surroundings.mailbox_id,
            uid_validity=self._uid_validity,
            uid=uid,
            received_at=_date(message.separator) or self._changed_at,
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


def messages_of(file: BinaryIO, offset: int, *, keep_bytes: int) -> Iterator[Message]:
    """Yield the messages of an mbox file from `offset` on, in linear time, each with at most `keep_bytes` of content.

    `offset` is 0 or the end of a message.

    Raises:
        OSError: the file does not begin with a `From ` line (EINVAL), or cannot be read.
    """
    opened: _Opened | None = None
    after_blank = True
    for line, following in _pairs(_lines(file, offset)):
        if opened is None and not line.content.strip():
            continue
        if opened is None and not line.content.startswith(b"From "):
            raise OSError(errno.EINVAL, "it does not begin with a From line")
        if opened is None or _separates(line, following, after_blank=after_blank):
            if opened is not None:
                yield opened.closed(line.start)
            opened = _Opened(line, keep_bytes)
        else:
            opened.add(line)
        after_blank = line.blank
    if opened is not None:
        yield opened.closed(opened.end)


class _Line(NamedTuple):
    """A line, or a piece of a long one (a tuple: there are millions); `first` is true at the beginning of a line."""

    start: int
    content: bytes
    first: bool
    blank: bool


class _Opened:
    """A message that is still being read."""

    def __init__(self, separator: _Line, keep_bytes: int) -> None:
        self._separator, self._start, self._keep = separator.content[:SEPARATOR_BYTES], separator.start, keep_bytes
        self.end = separator.start + len(separator.content)
        self._content = bytearray()
        self._digest = hashlib.sha256()
        self._truncated = False
        self._in_headers = True
        self._letters = ""
        self._held = b""

    def add(self, line: _Line) -> None:
        """Take the next line, or the next piece of a long one."""
        start, content, first, blank = line
        self.end = start + len(content)
        # The empty line before the next separator is not part of the message, so one is always held back.
        if self._held:
            self._take(self._held)
        if blank:
            self._held = content
            self._in_headers = False
            return
        self._held = b""
        quoted = first and content.startswith(b">") and _QUOTED.match(content) is not None
        self._take(content[1:] if quoted else content)

    def closed(self, end: int) -> Message:
        """Return the message, which ends at `end`."""
        self.end = end
        return Message(
            content=bytes(self._content),
            separator=self._separator,
            start=self._start,
            end=end,
            digest=self._digest.hexdigest(),
            truncated=self._truncated,
            letters=self._letters,
        )

    def _take(self, line: bytes) -> None:
        room = self._keep - len(self._content)
        self._content += line[:room]
        if len(line) > room:
            self._truncated = True
        if self._in_headers and line[:20].lower().startswith(STATUS_HEADERS):
            name, _, letters = line.partition(b":")
            if name.lower() in {b"status", b"x-status"}:
                self._letters += letters[:20].decode("ascii", "ignore").strip()
        else:
            self._digest.update(line)


def _lines(file: BinaryIO, offset: int) -> Iterator[_Line]:
    file.seek(offset)
    first = True
    while content := file.readline(LINE_BYTES):
        yield _Line(offset, content, first, first and content in BLANK)
        offset += len(content)
        first = content.endswith(b"\n")


def _pairs(lines: Iterator[_Line]) -> Iterator[tuple[_Line, bytes]]:
    """Yield each line with the content of the one after it (empty at the end)."""
    before: _Line | None = None
    for line in lines:
        if before is not None:
            yield before, line.content
        before = line
    if before is not None:
        yield before, b""


def _separates(line: _Line, following: bytes, *, after_blank: bool) -> bool:
    if not line.first or not line.content.startswith(b"From "):
        return False
    signs = (after_blank, _date(line.content) is not None, _HEADER.match(following) is not None)
    return sum(signs) >= 2


def _date(separator: bytes) -> datetime | None:
    """Return the date of a `From ` line, taken as UTC where no offset of the zone is known, or None."""
    words = separator[:SEPARATOR_BYTES].decode("ascii", "replace").split()
    for position, word in enumerate(words):
        clock = _CLOCK.fullmatch(word)
        if clock is None or position < 2:
            continue
        years = [int(one) for one in words[position + 1 : position + 4] if len(one) == 4 and one.isdecimal()]
        month, day = words[position - 2].lower(), words[position - 1]
        if not years or month not in MONTHS or not day.isdecimal():
            return None
        hour, minute, second = (int(part or 0) for part in clock.groups())
        try:
            return datetime(years[0], MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=UTC)
        except ValueError:
            return None
    return None


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
