"""A connection to an IMAP server: blocking, for one thread, with typed answers."""

import os
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import SHUT_RDWR, socket

from imapclient import DELETED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.imap_cursor import FolderState
from postroom.providers.imap_smtp.imap_failure import LATER, is_passing
from postroom.providers.imap_smtp.imap_login import shut

WINDOW = 80_000  # UIDs of one answer: imaplib takes no line of more than 1,000,000 bytes.
IDLE_SECONDS = 290.0  # RFC 2177 allows 29 minutes; a dead connection must be noticed within five.
LOG_OUT_SECONDS = 2.0
FETCH_UIDS = 500  # Servers take command lines of 8 KiB (RFC 7162 section 4).
NAMED_FOLDERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a server says of a message without its bytes; `received_at` is INTERNALDATE in UTC."""

    uid: int
    size_bytes: int
    received_at: datetime
    flags: frozenset[str]
    modseq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLines:
    """Some header lines of a message, and when the folder got it (UTC)."""

    header: bytes
    received_at: datetime


class ImapConnection:
    """One logged-in connection. All but `hang_up` belongs to one thread; errors are those of imaplib and sockets."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        # Another thread may not touch a TLS socket, but it may shut the plain one below.
        self._plain = socket(fileno=os.dup(client.socket().fileno()))
        self.folder = ""
        self.state = FolderState(validity=0, uid_next=1)

    def can(self, capability: str) -> bool:
        """Return whether the server offers something, as `IDLE`."""
        return bool(self._client.has_capability(capability))

    def open_folder(self, name: str) -> FolderState:
        """Open a folder for reading alone, or open it anew, and return its state.

        Raises:
            PluginError: it does not exist or may not be read; the hint names those that exist.
        """
        return self._opened(name, lambda: self._client.select_folder(name, readonly=True))

    def open_to_change(self, name: str) -> FolderState:
        """Open a folder in which messages may be marked and moved, and return its state.

        Raises:
            PluginError: as `open_folder`.
        """
        return self._opened(name, lambda: self._client.select_folder(name))

    def search(self, criteria: str, *, low: int = 1, high: int | None = None) -> list[int]:
        """Return the UIDs from `low` to `high` (None: the last) that meet `criteria` (may be empty), in order."""
        found: set[int] = set()
        start = low
        while self.state.exists > WINDOW and (high or self.state.uid_next) - start >= WINDOW:
            found.update(self._found(f"UID {start}:{start + WINDOW - 1} {criteria}"))
            start += WINDOW
        found.update(self._found(f"UID {start}:{high or '*'} {criteria}"))
        # "*" is the last message even where its UID lies below `low` (RFC 3501 section 6.4.8).
        return sorted(uid for uid in found if uid >= low)

    def outlines(self, uids: Sequence[int]) -> dict[int, Outline]:
        """Return what is known of messages without their bytes; those that are gone are left out."""
        wanted = ["RFC822.SIZE", "INTERNALDATE", "FLAGS", *(["MODSEQ"] if self.state.modseq else [])]
        found = self._fetched(uids, wanted)
        return {uid: _outline(uid, one) for uid, one in found.items() if b"INTERNALDATE" in one}

    def contents(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the bytes of messages, without marking them as read; those that are gone are left out."""
        found = self._fetched(uids, ["BODY.PEEK[]"])
        return {uid: content for uid, one in found.items() if isinstance(content := one.get(b"BODY[]"), bytes)}

    def beginning(self, uid: int, size_bytes: int) -> bytes | None:
        """Return the first bytes of a message, None where it is gone."""
        found = self._fetched([uid], [f"BODY.PEEK[]<0.{size_bytes}>"])
        content = found.get(uid, {}).get(b"BODY[]<0>")
        return content if isinstance(content, bytes) else None

    def header_lines(self, uids: Sequence[int], fields: Sequence[str]) -> dict[int, HeaderLines]:
        """Return the header lines of messages that are named as one of `fields`, without marking them as read."""
        found = self._fetched(uids, ["INTERNALDATE", f"BODY.PEEK[HEADER.FIELDS ({' '.join(fields)})]"])
        return {
            uid: HeaderLines(header=header, received_at=_moment(one.get(b"INTERNALDATE")))
            for uid, one in found.items()
            if (header := _header(one)) is not None
        }

    def noop(self) -> None:
        """Let the server say what is new, and show that it still answers."""
        self._client.noop()

    def idle(self, *, after: int, seconds: float) -> bool:
        """Wait in IDLE until a message is announced; return whether there may be one beyond the UID `after`.

        It is left after `seconds`, and its end is a question that a dead connection does not answer.
        """
        if self.search("", low=after + 1) or self._announced():
            return True
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._client.idle()
            responses: list[tuple[object, ...]] = []
            if not self._has_read_ahead():
                responses = self._client.idle_check(timeout=min(left, IDLE_SECONDS))
            # `idle_check` gives nothing at once where the connection ended: then this raises.
            _, further = self._client.idle_done()
            if any(len(one) > 1 and one[1] == b"EXISTS" for one in (*responses, *further)):
                return True
        return False

    def folders(self) -> list[tuple[str, frozenset[str]]]:
        """Return the names of all folders that can be opened, with their marks (RFC 6154) in lower case."""
        listed: list[tuple[Sequence[bytes], bytes, str]] = self._client.list_folders()
        marked = [(name, frozenset(_text(mark).lower() for mark in marks)) for marks, _, name in listed]
        return [(name, marks) for name, marks in marked if not marks & {"\\noselect", "\\nonexistent"}]

    def sent_folder(self) -> str | None:
        """Return the folder that the server marks for sent mail, else one that is called Sent, else None."""
        folders = self.folders()
        marked = [name for name, marks in folders if "\\sent" in marks]
        named = [name for name, _ in folders if name in {"Sent", "INBOX.Sent", "INBOX/Sent"}]
        return next(iter(marked + named), None)

    def has_folder(self, name: str) -> bool:
        """Return whether there is a folder of this name."""
        return any(name == one for one, _ in self.folders())

    def create_folder(self, name: str) -> None:
        """Make a folder."""
        self._client.create_folder(name)

    def append(self, folder: str, content: bytes) -> None:
        """Put a message into a folder, marked as read; its lines will end with CR LF."""
        self._client.append(folder, content, (SEEN,))

    def mark_seen(self, uid: int) -> None:
        """Mark a message as read."""
        self._client.add_flags([uid], [SEEN], silent=True)

    def move(self, uid: int, folder: str) -> None:
        """Move a message, or copy and delete it where the server cannot move."""
        if self.can("MOVE"):
            self._client.move([uid], folder)
            return
        self._client.copy([uid], folder)
        self._client.add_flags([uid], [DELETED], silent=True)
        if self.can("UIDPLUS"):
            # Without UIDPLUS it stays marked: a plain EXPUNGE would delete what others have marked, too.
            self._client.uid_expunge([uid])

    def hang_up(self) -> None:
        """End the connection from any thread: whatever waits for an answer fails at once."""
        with suppress(OSError):
            self._plain.shutdown(SHUT_RDWR)

    def drop(self) -> None:
        """Let go of the connection without a word."""
        shut(self._client)
        self._plain.close()

    def log_out(self) -> None:
        """Say good-bye, and let go of the connection."""
        with suppress(OSError, IMAPClientError):
            self._client.socket().settimeout(LOG_OUT_SECONDS)
            self._client.logout()
        self.drop()

    def _opened(self, name: str, select: Callable[[], dict[bytes, object]]) -> FolderState:
        self.folder = ""
        try:
            found = select()
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if is_passing(error):
                raise TransientError(f"The folder {name!r} cannot be opened now.", hint=LATER) from error
            raise PluginError(f"The folder {name!r} cannot be opened.", hint=self._folders_hint()) from error
        self.state = FolderState(
            validity=_number(found, b"UIDVALIDITY"),
            uid_next=_number(found, b"UIDNEXT") or max(self._found("UID *"), default=0) + 1,
            exists=_number(found, b"EXISTS"),
            modseq=_number(found, b"HIGHESTMODSEQ"),
        )
        self._announced()
        self.folder = name
        return self.state

    def _found(self, criteria: str) -> list[int]:
        found: list[int] = self._client.search(criteria.strip())
        return found

    def _fetched(self, uids: Sequence[int], wanted: Sequence[str]) -> dict[int, dict[bytes, object]]:
        found: dict[int, dict[bytes, object]] = {}
        for start in range(0, len(uids), FETCH_UIDS):
            found |= self._client.fetch(uids[start : start + FETCH_UIDS], wanted)
        return found

    def _announced(self) -> bool:
        """Return whether the server announced messages unasked since this was last asked."""
        # IMAPClient does not give what came beside an answer; imaplib keeps it.
        _, counts = self._client._imap.response("EXISTS")  # noqa: SLF001
        return bool(counts != [None])

    def _has_read_ahead(self) -> bool:
        """Return whether something was read already that polling the socket would not show."""
        connected: ssl.SSLSocket | socket = self._client.socket()
        timeout = connected.gettimeout()
        connected.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            connected.settimeout(timeout)

    def _folders_hint(self) -> str:
        names = [name for name, _ in self.folders()]
        shown = ", ".join(repr(name) for name in names[:NAMED_FOLDERS]) or "none"
        return f"Folders that exist: {shown}{' …' if len(names) > NAMED_FOLDERS else ''}."


def _number(found: dict[bytes, object], name: bytes) -> int:
    value = found.get(name)
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _moment(value: object) -> datetime:
    """Return INTERNALDATE in UTC; one that cannot be read counts as now, so that no mail is taken for old."""
    try:
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.now(UTC)
    except (OverflowError, ValueError):
        return datetime.now(UTC)


def _header(found: dict[bytes, object]) -> bytes | None:
    # Servers write the names of the fields in the answer in a case, an order and quotes of their own.
    lines = (one for key, one in found.items() if key.upper().startswith(b"BODY[HEADER.FIELDS"))
    return next((one for one in lines if isinstance(one, bytes)), None)


def _outline(uid: int, found: dict[bytes, object]) -> Outline:
    flags = found.get(b"FLAGS")
    modseq = found.get(b"MODSEQ")
    return Outline(
        uid=uid,
        size_bytes=_number(found, b"RFC822.SIZE"),
        received_at=_moment(found.get(b"INTERNALDATE")),
        flags=frozenset(_text(flag) for flag in flags) if isinstance(flags, tuple) else frozenset(),
        modseq=modseq[0] if isinstance(modseq, tuple) and modseq and isinstance(modseq[0], int) else 0,
    )
