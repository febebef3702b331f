"""Past mail that people sent over HTTP: files that are kept for a while, so that it can be tried and imported."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import structlog

from postroom.actions.past_mail_kinds import FileKind, require_kind
from postroom.errors import ConflictError, NotFoundError, StoreError
from postroom.interfaces.codec import decode, encode
from postroom.mime.download_name import download_name

log = structlog.get_logger()

SUBFOLDER = "past_mail"
"""Where the files lie below the folder that the API may use."""
ID = r"pm_[0-9a-f]{32}"
MOST_KEPT = 20
"""How many there may be, those that are arriving now included."""
KEPT_FOR = timedelta(days=30)
_REMAINS_FOR = timedelta(days=1)
_WRITTEN_AT_ONCE = 1024 * 1024
_PARTIAL = ".part"
_NOTE = ".json"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMailFile:
    """One file of past mail; `name` is what its sender calls it and leads nowhere. Times are UTC."""

    id: str
    kind: FileKind
    name: str
    size_bytes: int
    sha256: str
    by: str
    at: datetime

    @property
    def path(self) -> str:
        """Where it lies, from the folder that the API may use."""
        return f"{SUBFOLDER}/{self.id}.{self.kind.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What is known of a file while it arrives."""

    kind: FileKind
    name: str
    by: str
    at: datetime


class PastMailFolder:
    """The files of past mail below `folder`, the one that the API may use; each has a note beside it."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._folder = folder / SUBFOLDER
        self._told_of: set[str] = set()

    async def receive(self, parts: AsyncIterator[bytes], sent: Sent) -> PastMailFile:
        """Return the file that was written from `parts` as they came; of one that breaks off nothing is left.

        Raises:
            ConflictError: there are too many. InputError: it is not of its kind. StoreError: it cannot be written.
        """
        file_id = f"pm_{secrets.token_hex(16)}"
        partial = self._folder / f"{file_id}{_PARTIAL}"
        with _disk(), contextlib.ExitStack() as arriving:
            try:
                file = arriving.enter_context(await asyncio.to_thread(self._begun, partial))
                size_bytes, digest = await _written(file, parts)
                await asyncio.to_thread(require_kind, partial, sent.kind)
                kept = PastMailFile(
                    id=file_id,
                    kind=sent.kind,
                    name=download_name(sent.name, fallback=f"past mail.{sent.kind.value}"),
                    size_bytes=size_bytes,
                    sha256=digest,
                    by=sent.by,
                    at=sent.at,
                )
                await asyncio.to_thread(self._keep, partial, kept)
            finally:
                partial.unlink(missing_ok=True)
        return kept

    async def list(self) -> tuple[PastMailFile, ...]:
        """Return all files, newest first."""
        with _disk():
            found = await asyncio.to_thread(lambda: [one for one in self._noted() if isinstance(one, PastMailFile)])
        return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True))

    async def get(self, file_id: str) -> PastMailFile:
        """Return one file.

        Raises:
            NotFoundError: there is none.
        """
        for one in await self.list():
            if one.id == file_id:
                return one
        raise NotFoundError(
            f"There is no past mail {file_id[:100]!r}.",
            hint=f"The list of past mail shows ids; files are deleted after {KEPT_FOR.days} days.",
        )

    async def remove(self, file_id: str) -> None:
        """Delete one file.

        Raises:
            NotFoundError: there is none.
        """
        found = await self.get(file_id)
        with _disk():
            await asyncio.to_thread(self._remove, found)

    async def forget(self, *, now: datetime) -> None:
        """Delete files of more than `KEPT_FOR` ago, and what a killed process left; a damaged note is told of once.

        Raises:
            StoreError: that cannot be done.
        """
        with _disk():
            await asyncio.to_thread(self._forget, now)

    def where(self, found: PastMailFile) -> Path:
        """Return where a file lies."""
        return self._root / found.path

    def _begun(self, partial: Path) -> BinaryIO:
        """Return a new file, locked for as long as it is open: so it is seen to be arriving."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._require_own()
        with self._locked():
            there = sum(1 for one in self._folder.iterdir() if one.suffix == _NOTE or _is_arriving(one))
            if there >= MOST_KEPT:
                raise ConflictError(
                    f"There are {there} files of past mail already, at most {MOST_KEPT} are kept.",
                    hint="Delete those that nobody needs.",
                )
            partial.touch(mode=0o600, exist_ok=False)
            file = partial.open("wb")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file

    def _keep(self, partial: Path, kept: PastMailFile) -> None:
        # The note last, and whole: a file without one counts as never sent.
        note = self._note(kept)
        beginning = note.with_suffix(".new")
        try:
            with self._locked():
                partial.replace(self.where(kept))
                with beginning.open("wb") as file:
                    _flushed(file, encode(kept).encode())
                beginning.replace(note)
        except BaseException:
            for one in (beginning, note, self.where(kept)):
                one.unlink(missing_ok=True)
            raise

    def _noted(self) -> Iterator[PastMailFile | Path]:
        """Yield each file that has a note, and each note that cannot be one of ours."""
        self._require_own()
        if not self._folder.is_dir():
            return
        for note in self._folder.glob(f"pm_*{_NOTE}"):
            try:
                found = decode(PastMailFile, note.read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue  # Deleted meanwhile.
            except (StoreError, ValueError, RecursionError, IsADirectoryError):
                yield note
                continue
            # What the note says leads to the file, so it is believed for its own name alone.
            yield found if found.id == note.stem and re.fullmatch(ID, found.id) else note

    def _remove(self, found: PastMailFile) -> None:
        self._note(found).unlink(missing_ok=True)
        self.where(found).unlink(missing_ok=True)

    def _forget(self, now: datetime) -> None:
        noted = [*self._noted()]
        if not self._folder.is_dir():
            return
        for note in noted:
            if isinstance(note, Path) and note.name not in self._told_of:
                self._told_of.add(note.name)
                log.warning("note_of_past_mail_damaged", note=note.name, hint="Its file is not listed: send it again.")
        files = [one for one in noted if isinstance(one, PastMailFile)]
        for found in files:
            if found.at < now - KEPT_FOR:
                self._remove(found)
        known = {found.id for found in files}
        with self._locked():
            for file in self._folder.glob("pm_*"):
                if _is_remains(file, known, now):
                    file.unlink(missing_ok=True)

    def _note(self, found: PastMailFile) -> Path:
        return self._folder / f"{found.id}{_NOTE}"

    def _require_own(self) -> None:
        """Pass where the folder does not lead elsewhere.

        Raises:
            StoreError: it does.
        """
        if self._folder.is_symlink():
            raise StoreError(
                f"The folder {SUBFOLDER!r} of past mail is a link.",
                hint="Put a folder of its own in its place below POSTROOM_FOLDERS_DIR.",
            )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let nobody else count files, or add one, meanwhile."""
        with (self._folder / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_arriving(file: Path) -> bool:
    """Return whether a process that lives is writing a file; a killed one holds no lock any more."""
    if file.suffix != _PARTIAL:
        return False
    try:
        with file.open("ab") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _is_remains(file: Path, known: Container[str], now: datetime) -> bool:
    if file.suffix == _PARTIAL:
        return not _is_arriving(file)
    try:
        return file.stem not in known and file.stat().st_mtime < (now - _REMAINS_FOR).timestamp()
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Say that the folder cannot be used, where the disk says so."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"Files of past mail cannot be used: {error.strerror or error}.",
            hint=f"Look at the folder {SUBFOLDER!r} below POSTROOM_FOLDERS_DIR: is it writable, is the disk full?",
        ) from error


async def _written(file: BinaryIO, parts: AsyncIterator[bytes]) -> tuple[int, str]:
    """Return the size and the SHA-256 of what was written; a megabyte is held in memory at most."""
    digest, size_bytes, held = hashlib.sha256(), 0, bytearray()
    async for part in parts:
        held += part
        size_bytes += len(part)
        if len(held) >= _WRITTEN_AT_ONCE:
            digest.update(held)
            await asyncio.to_thread(file.write, bytes(held))
            held.clear()
    digest.update(held)
    await asyncio.to_thread(_flushed, file, bytes(held))
    return size_bytes, digest.hexdigest()


def _flushed(file: BinaryIO, last: bytes) -> None:
    file.write(last)
    file.flush()
    os.fsync(file.fileno())
