"""Finds what is new in a folder and reads it, on a connection that is given; blocking, for one thread."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from imapclient.datetime_util import format_criteria_date
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from postroom.interfaces.clock import Clock
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import Connection, Outline
from postroom.providers.imap_smtp.imap_cursor import Cursor, FolderState, follow

CHUNK_BYTES = 32 * 1024 * 1024
LEAST_OUTLINES = 20
LOOK_BELOW = timedelta(days=14)
LOOK_BELOW_EVERY = timedelta(hours=1)
ONE_DAY = timedelta(days=1)  # SEARCH SINCE compares days without regard to time zones.

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What there may be to read behind `position`: `fresh` UIDs in order, `last` of what was searched.

    `below` are UIDs at or below the position that may have become visible late (None: this was not looked at).
    `connection` is the one these were seen on.
    """

    connection: Connection
    position: Cursor
    fresh: Sequence[int]
    last: int
    below: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it was read; `cut` where it is larger than allowed."""

    outline: Outline
    content: bytes
    cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Messages in the order of their UIDs; everything up to `looked_at` was given, is not wanted or is gone."""

    messages: tuple[Message, ...]
    looked_at: int
    all_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    connection: Connection
    uid_validity: str
    after: int
    uids: Sequence[int]
    last: int


class Reader:
    """Reads one folder. It remembers what a search gave, so that many batches need one search."""

    def __init__(self, config: ImapConfig, *, connected_at: datetime | None, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._connected_at = connected_at
        self._imports = _imports(config.import_since, connected_at)
        self._listing: _Listing | None = None
        self._open_validity = ""
        self._opened_at: datetime | None = None

    @property
    def last(self) -> int | None:
        """The last UID that a search covered, None before the first search."""
        return None if self._listing is None else self._listing.last

    def is_open(self, connection: Connection) -> bool:
        """Return whether the folder is open on this connection, and was looked at there."""
        return self._listing is not None and self._listing.connection is connection and bool(connection.folder)

    def look(self, connection: Connection, stored: Cursor | None) -> Prospect:
        """Return what there may be to read after `stored`."""
        due = self._opened_at is None or self._clock.now() - self._opened_at >= LOOK_BELOW_EVERY
        same = self.is_open(connection) and stored is not None and stored.uid_validity == self._open_validity
        if same and stored is not None and not due:
            listing = self._listed(connection, stored)
            return self._prospect(listing, stored)
        position = follow(stored, self._opened(connection))
        self._open_validity = position.uid_validity
        listing = self._searched(connection, position)
        below = None
        if stored is not None and stored.uid_validity == position.uid_validity:
            below = connection.search(_since(self._first_day_below()), high=position.uid) if position.uid else ()
        return self._prospect(listing, position, below)

    def read(self, connection: Connection, prospect: Prospect, uids: Sequence[int], *, limit: int) -> Reading:
        """Return up to `limit` messages of `uids`, and no more bytes than fit into memory."""
        chosen: list[Outline] = []
        size_bytes = 0
        for outline in self._wanted(connection, uids, prospect.position.until, limit):
            size_bytes += min(outline.size_bytes, self._config.max_message_bytes)
            if chosen and size_bytes > CHUNK_BYTES:
                return self._reading(connection, chosen, looked_at=chosen[-1].uid, all_read=False)
            chosen.append(outline)
            if len(chosen) == limit and outline.uid != uids[-1]:
                return self._reading(connection, chosen, looked_at=outline.uid, all_read=False)
        looked_at = max(prospect.last, prospect.position.uid)
        return self._reading(connection, chosen, looked_at=looked_at, all_read=True)

    def _prospect(self, listing: _Listing, position: Cursor, below: Sequence[int] | None = None) -> Prospect:
        fresh = listing.uids[bisect_right(listing.uids, position.uid) :]
        return Prospect(connection=listing.connection, position=position, fresh=fresh, last=listing.last, below=below)

    def _opened(self, connection: Connection) -> FolderState:
        touches = self._config.mark_seen or self._config.move_to is not None
        opened = connection.open_to_change if touches else connection.open_folder
        state = opened(self._config.folder)
        self._opened_at = self._clock.now()
        return state

    def _listed(self, connection: Connection, position: Cursor) -> _Listing:
        listing = self._listing
        if listing is not None and listing.after <= position.uid < listing.last:
            return listing
        connection.noop()
        return self._searched(connection, position)

    def _searched(self, connection: Connection, position: Cursor) -> _Listing:
        uids: list[int] = []
        if position.uid + 1 < position.until:
            uids += connection.search(self._arrived(), low=position.uid + 1, high=position.until - 1)
        uids += connection.search("", low=max(position.uid + 1, position.until))
        last = max(position.uid, position.until - 1, *uids[-1:])
        self._listing = _Listing(
            connection=connection, uid_validity=position.uid_validity, after=position.uid, uids=uids, last=last
        )
        return self._listing

    def _arrived(self) -> str:
        """Return the search criterion for mail that may be wanted although it was there before reading began."""
        if self._imports is not None:
            return _since(self._imports)
        return "" if self._connected_at is None else _since(self._connected_at.date() - ONE_DAY)

    def _first_day_below(self) -> date:
        recent = (self._clock.now() - LOOK_BELOW).date()
        return recent if self._connected_at is None else max(recent, self._connected_at.date() - ONE_DAY)

    def _wanted(self, connection: Connection, uids: Sequence[int], until: int, limit: int) -> Iterator[Outline]:
        # INTERNALDATE has whole seconds: mail of the second in which the mailbox was connected is new.
        floor = None if self._connected_at is None else self._connected_at.replace(microsecond=0)
        step = max(limit, LEAST_OUTLINES)
        for start in range(0, len(uids), step):
            chunk = uids[start : start + step]
            outlines = connection.outlines(chunk)
            for uid in chunk:
                outline = outlines.get(uid)
                if outline is None:
                    continue
                if uid >= until or floor is None or self._imports is not None or outline.received_at >= floor:
                    yield outline

    def _reading(self, connection: Connection, chosen: Sequence[Outline], *, looked_at: int, all_read: bool) -> Reading:
        maximum = self._config.max_message_bytes
        whole = [one.uid for one in chosen if one.size_bytes <= maximum]
        contents = self._contents(connection, whole)
        for one in chosen:
            if one.size_bytes > maximum:
                beginning = self._beginning(connection, one.uid)
                if beginning is not None:
                    contents[one.uid] = beginning
        messages: list[Message] = []
        for one in chosen:
            content = contents.pop(one.uid, None)
            if content is not None:
                # Servers may be wrong about sizes.
                cut = one.size_bytes > maximum or len(content) > maximum
                messages.append(Message(outline=one, content=content[:maximum], cut=cut))
        return Reading(messages=tuple(messages), looked_at=looked_at, all_read=all_read)

    def _contents(self, connection: Connection, uids: Sequence[int]) -> dict[int, bytes]:
        try:
            return connection.contents(uids)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # One that was deleted meanwhile, or that the server cannot read, must not keep the others back.
            connection.noop()
        found: dict[int, bytes] = {}
        for uid in uids:
            try:
                found |= connection.contents([uid])
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                self._report(uid)
        return found

    def _beginning(self, connection: Connection, uid: int) -> bytes | None:
        try:
            return connection.beginning(uid, self._config.max_message_bytes)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            self._report(uid)
            return None

    def _report(self, uid: int) -> None:
        hint = "It is tried again every hour; open it with a mail program to see whether the server still has it."
        _log.error("imap_message_unreadable", uid=uid, uid_validity=self._open_validity, hint=hint)


def _imports(import_since: date | None, connected_at: datetime | None) -> date | None:
    """Return the day from which older mail is read, too; None where none is."""
    if import_since is None or (connected_at is not None and import_since > connected_at.date()):
        return None
    return import_since


def _since(day: date) -> str:
    return f"SINCE {format_criteria_date(day).decode('ascii')}"
