"""Finds what is new in a folder and reads it, on a connection that is given; blocking, for one thread."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog
from imapclient.datetime_util import format_criteria_date

from postroom.guard.age import is_from_before
from postroom.interfaces.clock import Clock
from postroom.providers import Surroundings
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection, Outline
from postroom.providers.imap_smtp.imap_cursor import Cursor, FolderState, Mark, follow
from postroom.providers.imap_smtp.imap_suspects import Question, Suspects

CHUNK_BYTES = 32 * 1024 * 1024
CHUNK_MESSAGES = 50  # A batch of fewer gets fewer bytes, too: whoever asks for less has a slow connection.
LEAST_OUTLINES = 20
UNKNOWN_SIZE = -1  # Of a message of which the server cannot even say how large it is.
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

    connection: ImapConnection
    position: Cursor
    fresh: Sequence[int]
    last: int
    below: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapMessage:
    """A message as it was read; `cut` where it is larger than allowed, empty where it is `unreadable`."""

    outline: Outline
    content: bytes
    cut: bool = False
    unreadable: bool = False

    @property
    def mark(self) -> Mark | None:
        """What the folder is known by again while the message is there; None where the server did not say it."""
        return None if self.unreadable else _mark(self.outline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Messages in the order of their UIDs; everything up to `looked_at` was given, is not wanted or is gone."""

    messages: tuple[ImapMessage, ...]
    looked_at: int
    all_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    connection: ImapConnection
    uid_validity: str
    after: int
    uids: Sequence[int]
    last: int


class Reader:
    """Reads one folder. It remembers what a search gave, so that many batches need one search."""

    def __init__(self, config: ImapConfig, surroundings: Surroundings, *, clock: Clock) -> None:
        self._config = config
        self._surroundings = surroundings
        self._clock = clock
        self._connected_at = surroundings.connected_at
        self._imports = _imports(config.import_since, surroundings.connected_at)
        # Asked for in two steps, and each may be what a server fails at.
        self._dark = Suspects(clock)
        self._suspects = Suspects(clock)
        self._listing: _Listing | None = None
        self._open_validity = ""
        self._opened_at: datetime | None = None

    @property
    def last(self) -> int | None:
        """The last UID that a search covered, None before the first search."""
        return None if self._listing is None else self._listing.last

    def is_open(self, connection: ImapConnection) -> bool:
        """Return whether the folder is open on this connection, and was looked at there."""
        return self._listing is not None and self._listing.connection is connection and bool(connection.folder)

    def look(self, connection: ImapConnection, stored: Cursor | None, *, reached: Cursor | None = None) -> Prospect:
        """Return what there may be to read after `stored`; from the beginning (None) it is named as after `reached`."""
        due = self._opened_at is None or self._clock.now() - self._opened_at >= LOOK_BELOW_EVERY
        same = self.is_open(connection) and stored is not None and stored.uid_validity == self._open_validity
        if same and stored is not None and not due:
            listing = self._listed(connection, stored)
            return self._prospect(listing, stored)
        position = self._position(connection, stored, reached)
        self._open_validity = position.uid_validity
        self._dark.belong_to(position.uid_validity)
        self._suspects.belong_to(position.uid_validity)
        listing = self._searched(connection, position)
        if position.mark is None:
            position = replace(position, mark=self._seen(connection, listing.last))
        below = None
        if stored is not None and stored.uid_validity == position.uid_validity:
            below = connection.search(self._wanted_below(position), high=position.uid) if position.uid else ()
        return self._prospect(listing, position, below)

    def is_import_due(self, position: Cursor) -> bool:
        """Return whether older mail is wanted than was when the position was reached."""
        return bool(self._import_day) and (not position.imports or self._import_day < position.imports)

    def imported(self, position: Cursor) -> Cursor:
        """Return the position that is true once nothing is left below it that is wanted and was not read."""
        return replace(position, imports=self._import_day) if self.is_import_due(position) else position

    def read(self, connection: ImapConnection, prospect: Prospect, uids: Sequence[int], *, limit: int) -> Reading:
        """Return up to `limit` messages of `uids`, and no more bytes than fit into memory."""
        chosen: list[Outline] = []
        size_bytes = 0
        largest = CHUNK_BYTES * min(limit, CHUNK_MESSAGES) // CHUNK_MESSAGES
        for outline in self._wanted(connection, uids, prospect.position.until, limit):
            alone = outline.uid in self._suspects or outline.uid in self._dark
            size_bytes += min(max(outline.size_bytes, 0), self._config.max_message_bytes)
            if chosen and (alone or size_bytes > largest):
                return self._reading(connection, chosen, looked_at=chosen[-1].uid, all_read=False)
            chosen.append(outline)
            if (alone or len(chosen) == limit) and outline.uid != uids[-1]:
                return self._reading(connection, chosen, looked_at=outline.uid, all_read=False)
        looked_at = max(prospect.last, prospect.position.uid)
        return self._reading(connection, chosen, looked_at=looked_at, all_read=True)

    @property
    def _import_day(self) -> str:
        return "" if self._imports is None else self._imports.isoformat()

    def _wanted_below(self, position: Cursor) -> str:
        day = self._first_day_below()
        if self._imports is not None and self.is_import_due(position):
            day = min(day, self._imports)
        return _since(day)

    def _position(self, connection: ImapConnection, stored: Cursor | None, reached: Cursor | None) -> Cursor:
        """Return where reading goes on in the folder, which is opened."""
        state = self._opened(connection)
        fresh = follow(None, state, generation=self._surroundings.generation, imports=self._import_day)
        before = stored or reached
        if before is None:
            return fresh
        position = follow(before, state, generation=fresh.generation, imports=fresh.imports)
        if position.uid_validity == before.uid_validity and self._is_another(connection, position.mark):
            position = replace(fresh, epoch=position.epoch + 1)
        return position if stored is not None else replace(fresh, epoch=position.epoch)

    def _is_another(self, connection: ImapConnection, mark: Mark | None) -> bool:
        """Return whether another message has the UID of the mark: a backup was restored, and its UIDs caught up."""
        found = None if mark is None else self._seen(connection, mark.uid)
        return found is not None and found != mark

    def _seen(self, connection: ImapConnection, uid: int) -> Mark | None:
        """Return what a message is known by; None where it is gone or the server cannot say it."""
        if not uid or uid in self._dark:
            return None
        outlines, _ = self._dark.ask(connection, [uid], connection.outlines)
        return _mark(outlines[uid]) if uid in outlines else None

    def _prospect(self, listing: _Listing, position: Cursor, below: Sequence[int] | None = None) -> Prospect:
        fresh = listing.uids[bisect_right(listing.uids, position.uid) :]
        return Prospect(connection=listing.connection, position=position, fresh=fresh, last=listing.last, below=below)

    def _opened(self, connection: ImapConnection) -> FolderState:
        touches = self._config.mark_seen or self._config.move_to is not None
        opened = connection.open_to_change if touches else connection.open_folder
        state = opened(self._config.folder)
        self._opened_at = self._clock.now()
        return state

    def _listed(self, connection: ImapConnection, position: Cursor) -> _Listing:
        listing = self._listing
        if listing is not None and listing.after <= position.uid < listing.last:
            return listing
        connection.noop()
        return self._searched(connection, position)

    def _searched(self, connection: ImapConnection, position: Cursor) -> _Listing:
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

    def _wanted(self, connection: ImapConnection, uids: Sequence[int], until: int, limit: int) -> Iterator[Outline]:
        for chunk in self._dark.chunks(uids, max(limit, LEAST_OUTLINES)):
            outlines, unreadable = self._dark.ask(connection, chunk, connection.outlines)
            for uid in chunk:
                if uid in unreadable:
                    # Whether it is wanted cannot be told, so a person shall hear of it.
                    yield Outline(uid=uid, size_bytes=UNKNOWN_SIZE, received_at=self._clock.now(), flags=frozenset())
                    continue
                outline = outlines.get(uid)
                if outline is None:
                    continue
                old = is_from_before(outline.received_at, self._connected_at)
                if uid >= until or self._imports is not None or not old:
                    yield outline

    def _reading(
        self, connection: ImapConnection, chosen: Sequence[Outline], *, looked_at: int, all_read: bool
    ) -> Reading:
        maximum = self._config.max_message_bytes
        contents, unreadable = self._contents(connection, chosen)
        messages: list[ImapMessage] = []
        for one in chosen:
            content = contents.pop(one.uid, None)
            if content is not None:
                # Servers may be wrong about sizes.
                cut = one.size_bytes > maximum or len(content) > maximum
                messages.append(ImapMessage(outline=one, content=content[:maximum], cut=cut))
            elif one.uid in unreadable:
                self._report(one.uid)
                messages.append(ImapMessage(outline=one, content=b"", unreadable=True))
        return Reading(messages=tuple(messages), looked_at=looked_at, all_read=all_read)

    def _contents(
        self, connection: ImapConnection, chosen: Sequence[Outline]
    ) -> tuple[dict[int, bytes], frozenset[int]]:
        """Return the bytes of messages, cut where they are too large, and which ones the server cannot give."""
        maximum = self._config.max_message_bytes
        contents: dict[int, bytes] = {}
        unreadable = frozenset(one.uid for one in chosen if one.size_bytes == UNKNOWN_SIZE)
        whole = [one.uid for one in chosen if 0 <= one.size_bytes <= maximum]
        questions: list[tuple[list[int], Question[bytes]]] = [(whole, connection.contents)] if whole else []
        questions += [([one.uid], self._beginning(connection)) for one in chosen if one.size_bytes > maximum]
        for uids, question in questions:
            found, refused = self._suspects.ask(connection, uids, question)
            contents |= found
            unreadable |= refused
        return contents, unreadable

    def _beginning(self, connection: ImapConnection) -> Question[bytes]:
        def ask(uids: Sequence[int]) -> dict[int, bytes]:
            found = {uid: connection.beginning(uid, self._config.max_message_bytes) for uid in uids}
            return {uid: content for uid, content in found.items() if content is not None}

        return ask

    def _report(self, uid: int) -> None:
        _log.error(
            "imap_message_unreadable",
            mailbox_id=self._surroundings.mailbox_id,
            uid=uid,
            uid_validity=self._open_validity,
            hint="It is in quarantine without its content. Open it with a mail program, and answer it there.",
        )


def _mark(outline: Outline) -> Mark | None:
    # INTERNALDATE has whole seconds: a moment with a fraction stands for one that could not be read.
    if outline.received_at.microsecond:
        return None
    return Mark(uid=outline.uid, seconds=int(outline.received_at.timestamp()), size_bytes=outline.size_bytes)


def _imports(import_since: date | None, connected_at: datetime | None) -> date | None:
    """Return the day from which older mail is read, too; None where none is."""
    if import_since is None or (connected_at is not None and import_since > connected_at.date()):
        return None
    return import_since


def _since(day: date) -> str:
    return f"SINCE {format_criteria_date(day).decode('ascii')}"
