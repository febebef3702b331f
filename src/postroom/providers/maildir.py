"""Receives from a Maildir (`new` and `cur`), without ever skipping a file.

Files appear in any order and under any name, so no position says what was read: the ledger is asked instead. The
folder is listed only when the last listing runs out. Sources: D. J. Bernstein, "Using maildir format"; the flag
letters also follow Dovecot's Maildir page.
"""

import asyncio
import errno
import hashlib
import itertools
import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote_from_bytes

import structlog
from pydantic import BaseModel, Field

from postroom.discovery import configured
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import Fetched
from postroom.model.email import RawEmail
from postroom.providers import TRUNCATED_FLAG, OpenReceiver, ReceiverPlugin, Surroundings

FLAGS = {"D": "\\Draft", "F": "\\Flagged", "P": "$Forwarded", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}
KNOWN_CHUNK = 500  # Below the 999 variables that an old SQLite allows in one statement.
BATCH_BYTES = 64 * 1024 * 1024  # One fetch holds no more than this in memory, whatever its limit.
LATEST_SECONDS = 253_402_300_799  # 9999-12-31, the last day datetime knows; file times may be anything.
# Printable ASCII except "%" stays as it is, so usual names are readable and no two names give the same uid.
PLAIN = "".join(chr(code) for code in range(33, 127) if chr(code) != "%")
UID_LENGTH = 200
LATER = "It is tried again; look at the disk, or at the network it is reached by."
FOR_GOOD = {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG}

_log = structlog.stdlib.get_logger(__name__)
Result = TypeVar("Result")


class MaildirConfig(BaseModel):
    """The settings of a Maildir."""

    path: Path = Field(description="The folder that holds new, cur and tmp.")
    max_message_bytes: int = Field(default=25 * 1024 * 1024, ge=1024, description="Larger messages are cut.")
    poll_seconds: float = Field(default=2.0, gt=0, description="How often the folders are looked at while waiting.")
    timeout_seconds: float = Field(default=60.0, gt=0, description="How long one look at the disk may take.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One file: its uid, where it lies, its flag letters and its time in nanoseconds."""

    uid: str
    path: Path
    letters: str
    time_ns: int
    inode: int


class MaildirReceiver:
    """A Maildir as a mailbox. It only reads: no file is moved, marked or deleted."""

    def __init__(self, config: MaildirConfig, surroundings: Surroundings) -> None:
        self._config = config
        self._surroundings = surroundings
        self._uid_validity = f"maildir-{_digest(os.fsencode(config.path.resolve()))[:16]}"
        # Files that the ledger may not have, in order; a file leaves only when the ledger has it or it is gone.
        self._backlog: OrderedDict[str, _Place] = OrderedDict()
        self._settled: dict[str, int] = {}  # Files that the ledger has, with their inodes.
        self._reported: set[str] = set()
        self._seen: tuple[tuple[int, int], ...] | None = None

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return up to `limit` files that the ledger does not have, oldest first; `cursor` is not needed.

        A file that cannot be read is reported once in the log, left out, and tried again by every later fetch. A file
        above `max_message_bytes` is given cut, with the flag `$Truncated`.

        Raises:
            TransientError: the disk did not answer.
            PluginError: this is no Maildir, or it may not be read.
        """
        del cursor
        found = await self._unknown(limit)
        if len(found) < limit or any(place.uid in self._reported for place in found):
            await self._list()
            found = await self._unknown(limit)
        emails: list[tuple[RawEmail, str]] = []
        budget = BATCH_BYTES
        while found and len(emails) < limit and budget > 0:
            raw = await self._read(place := found.pop(0))
            if raw is not None:
                budget -= len(raw.content)
                emails.append((raw, f"{place.time_ns}:{place.uid}"))
        given = {raw.uid for raw, _ in emails}
        more = any(uid not in given and uid not in self._reported for uid in self._backlog)
        return Fetched(emails=tuple(emails), more=more)

    async def wait(self, *, timeout_seconds: float) -> None:
        """Return when the folders changed since they were last listed, or after `timeout_seconds`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        while (left := end - loop.time()) > 0:
            if await self._on_disk(self._signature) != self._seen:
                return
            await asyncio.sleep(min(self._config.poll_seconds, left))

    async def acknowledge(self, email: RawEmail) -> None:
        """Forget the file of a stored e-mail."""
        place = self._backlog.pop(email.uid, None)
        if place is not None:
            self._settled[email.uid] = place.inode

    async def close(self) -> None:
        """Do nothing: no connection is held."""

    async def _unknown(self, wanted: int) -> list[_Place]:
        """Return up to `wanted` files that the ledger does not have, dropping those that it has."""
        found: list[_Place] = []
        places = list(itertools.islice(self._backlog.values(), wanted))
        asked = 0
        while places and len(found) < wanted:
            uids = [place.uid for place in places]
            known: frozenset[str] = frozenset()
            for start in range(0, len(uids), KNOWN_CHUNK):
                known |= await self._surroundings.known(self._uid_validity, uids[start : start + KNOWN_CHUNK])
            for place in places:
                if place.uid in known:
                    self._backlog.pop(place.uid, None)
                    self._settled[place.uid] = place.inode
                else:
                    found.append(place)
            asked = len(found)
            places = list(itertools.islice(self._backlog.values(), asked, asked + max(wanted, KNOWN_CHUNK)))
        return found[:wanted]

    async def _list(self) -> None:
        seen = await self._on_disk(self._signature)
        listed = await self._on_disk(self._listed)
        self._seen = seen
        self._settled = {uid: inode for uid, inode in self._settled.items() if uid in listed}
        fresh = (place for place in listed.values() if place.uid not in self._settled)
        self._backlog = OrderedDict((place.uid, place) for place in sorted(fresh, key=self._rank))

    def _rank(self, place: _Place) -> tuple[bool, int, str]:
        # Files that could not be read come last, so that they never keep others waiting.
        return (place.uid in self._reported, place.time_ns, place.uid)

    def _signature(self) -> tuple[tuple[int, int], ...]:
        found = [(self._config.path / name).stat() for name in ("new", "cur")]
        return tuple((one.st_ino, one.st_mtime_ns) for one in found)

    def _listed(self) -> Mapping[str, _Place]:
        """List both folders; `new` first, so that a file moved meanwhile is seen at least once."""
        places: dict[str, _Place] = {}
        for name in ("new", "cur"):
            for place in self._places(self._config.path / name):
                other = places.get(place.uid)
                if other is None or other.inode == place.inode:
                    places[place.uid] = place
                else:
                    # Two files of one name break the format; giving both is better than losing one.
                    doubled = f"{place.uid}/{place.inode}"
                    places[doubled] = replace(place, uid=doubled)
        return places

    def _places(self, folder: Path) -> Iterator[_Place]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                unique, _, letters = entry.name.partition(":2,")
                uid = _uid(unique)
                if self._settled.get(uid) == entry.inode():  # Spares a look at each of many old files.
                    yield _Place(uid=uid, path=Path(entry.path), letters=letters, time_ns=0, inode=entry.inode())
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(found.st_mode):
                    yield _Place(
                        uid=uid, path=Path(entry.path), letters=letters, time_ns=found.st_mtime_ns, inode=found.st_ino
                    )
                else:
                    self._report(uid, "not_a_regular_file")

    async def _read(self, place: _Place) -> RawEmail | None:
        maximum = self._config.max_message_bytes
        try:
            content = await self._timed(lambda: _content(place.path, maximum + 1))
        except FileNotFoundError:
            # Moved or deleted meanwhile; where it was moved, the next listing has it.
            self._backlog.pop(place.uid, None)
            return None
        except OSError as error:
            self._report(place.uid, errno.errorcode.get(error.errno or 0, "unreadable"))
            self._backlog.move_to_end(place.uid)
            return None
        self._reported.discard(place.uid)
        flags = {FLAGS[letter] for letter in place.letters if letter in FLAGS}
        if len(content) > maximum:
            flags.add(TRUNCATED_FLAG)
        return RawEmail(
            mailbox_id=self._surroundings.mailbox_id,
            uid_validity=self._uid_validity,
            uid=place.uid,
            received_at=_moment(place.time_ns),
            content=content[:maximum],
            flags=frozenset(flags),
        )

    def _report(self, uid: str, reason: str) -> None:
        if uid not in self._reported:
            self._reported.add(uid)
            _log.warning("maildir_file_unreadable", mailbox_id=self._surroundings.mailbox_id, uid=uid, reason=reason)

    async def _timed(self, look: Callable[[], Result]) -> Result:
        try:
            async with asyncio.timeout(self._config.timeout_seconds):
                return await asyncio.to_thread(look)
        except TimeoutError as error:
            raise TransientError(
                f"The Maildir {str(self._config.path)!r} did not answer in time.", hint=LATER
            ) from error

    async def _on_disk(self, look: Callable[[], Result]) -> Result:
        try:
            return await self._timed(look)
        except OSError as error:
            path = str(self._config.path)
            if error.errno in FOR_GOOD:
                hint = "A Maildir is a folder with new, cur and tmp in it that Postroom may read."
                raise PluginError(f"The Maildir {path!r} cannot be read: {error.strerror}.", hint=hint) from error
            raise TransientError(f"The Maildir {path!r} cannot be read now: {error.strerror}.", hint=LATER) from error


def _content(path: Path, maximum: int) -> bytes:
    # A link could point anywhere, and opening a pipe would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 -- a descriptor, not a path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(maximum)


def _uid(unique: str) -> str:
    uid = quote_from_bytes(os.fsencode(unique), safe=PLAIN)
    return uid if len(uid) <= UID_LENGTH else f"sha256-{_digest(os.fsencode(unique))}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _moment(time_ns: int) -> datetime:
    milliseconds = min(max(time_ns // 1_000_000, 0), LATEST_SECONDS * 1000)
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)


def _build(values: Mapping[str, object], surroundings: Surroundings) -> OpenReceiver:
    return OpenReceiver(receiver=MaildirReceiver(configured(MaildirConfig, values, plugin="maildir"), surroundings))


async def _check(opened: OpenReceiver) -> str:
    fetched = await opened.receiver.fetch(None, limit=1)
    return "It can be read" + ("" if fetched.emails else ", it holds nothing")


PLUGIN = ReceiverPlugin(name="maildir", title="Maildir folder", config=MaildirConfig, build=_build, check=_check)
