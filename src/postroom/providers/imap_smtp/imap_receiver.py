"""Receives from a folder over IMAP, without ever skipping a message that arrived since the mailbox was connected.

Sources: RFC 3501 (IMAP4rev1), 2177 (IDLE), 4315 (UIDPLUS), 6851 (MOVE), 7162 (CONDSTORE).
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import TRUNCATED_FLAG, UNREADABLE_FLAG, Fetched
from postroom.model.email import RawEmail
from postroom.providers import Surroundings
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_cursor import Cursor, Epochs, read_cursor
from postroom.providers.imap_smtp.imap_failure import LATER, failure, is_passing
from postroom.providers.imap_smtp.imap_line import Line
from postroom.providers.imap_smtp.imap_reader import ImapMessage, Prospect, Reader, Reading

KNOWN_CHUNK = 500  # Below the 999 variables that an old SQLite allows in one statement.
STRAY_TRIES = 3
READ_TRIES = 2
IDLE_BREAKS = 3
POLL_AFTER_BREAKS_SECONDS = 3600.0

_log = structlog.stdlib.get_logger(__name__)


class ImapReceiver:
    """A folder as a mailbox. Messages are read without being marked, and changed only where the settings say so."""

    def __init__(
        self, config: ImapConfig, surroundings: Surroundings, *, lines: tuple[Line, Line], epochs: Epochs, clock: Clock
    ) -> None:
        """Use the first of `lines`; closing the receiver closes the other, too, that lookout and Sent folder share."""
        self._config = config
        self._surroundings = surroundings
        self._line, self._side = lines
        self._epochs = epochs
        self._reader = Reader(config, surroundings, clock=clock)
        # UIDs below the cursor that the ledger does not have, with how often they were given.
        self._strays: dict[int, int] = {}
        self._open_validity = ""
        self._breaks = 0
        self._poll_until = 0.0
        self._closes = 0

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return up to `limit` messages after `cursor`, in the order of their UIDs, and no more than 32 MiB or one.

        A limit below 50 lowers the 32 MiB, too. A message above `max_message_bytes` is given cut, with the flag
        `$Truncated`; one that the server cannot give while others can be read, or for an hour, is given empty, with
        `$Unreadable`. One below the cursor that the ledger does not know is given with the present cursor: servers may
        show UIDs out of order, and the day from which mail is imported may change. A cursor of another place counts as
        None.

        Raises:
            TransientError: the server cannot be reached or gives no messages now.
            PluginError: it refuses the log-in or the folder, or its certificate is wrong.
        """
        stored = read_cursor(cursor, generation=self._surroundings.generation)
        for _ in range(READ_TRIES):
            fetched = await self._attempt(stored, limit)
            if fetched is not None:
                return fetched
        message = f"The connection to {self._config.host}:{self._config.port} broke each time while mail was read."
        raise TransientError(message, hint=LATER)

    async def wait(self, *, timeout_seconds: float) -> None:
        """Return when the server announces mail (IDLE) or it is time to look again, or after `timeout_seconds`.

        Raises:
            TransientError: the connection fell silent, and no new one can be made.
        """
        closes = self._closes
        if self._config.idle and time.monotonic() >= self._poll_until:
            idled = False
            try:
                idled = await self._line.run(lambda connection: self._idle(connection, timeout_seconds))
            except TransientError:
                if self._closes == closes:
                    raise
            if idled or self._closes != closes:
                return
        await asyncio.sleep(min(self._config.poll_seconds, timeout_seconds))

    async def acknowledge(self, email: RawEmail) -> None:
        """Mark or move a stored message where the settings say so; where that is refused it stays as it is.

        Raises:
            TransientError: the server cannot be reached now.
        """
        if not (self._config.mark_seen or self._config.move_to):
            return
        if email.uid_validity != self._open_validity:
            return
        try:
            await self._line.run(lambda connection: self._touch(connection, int(email.uid), email.uid_validity))
        except TransientError:
            raise
        except PluginError as error:
            _log.warning(
                "imap_message_not_marked",
                mailbox_id=self._surroundings.mailbox_id,
                uid=email.uid,
                problem=error.message,
                hint=f"{error.hint} Is the folder of move_to there? The e-mail itself is stored.".lstrip(),
            )

    async def close(self) -> None:
        """Let go of all connections; a `wait` under way returns."""
        self._closes += 1
        await self._line.close()
        await self._side.close()

    async def check(self) -> str:
        """Return what was found: server, folder, how many messages, and what the server can do.

        Raises:
            TransientError, PluginError: as `fetch`.
        """
        return await self._side.run(self._found)

    async def _attempt(self, stored: Cursor | None, limit: int) -> Fetched | None:
        """Return a batch, None where the connection changed between looking and reading."""
        await self._epochs.learn(self._surroundings.cursor)
        reached = self._epochs.reached
        prospect = await self._line.run(lambda connection: self._reader.look(connection, stored, reached=reached))
        self._epochs.note(prospect.position)
        self._open_validity = prospect.position.uid_validity
        strays = await self._unknown_below(prospect)
        if not strays:
            prospect = replace(prospect, position=self._reader.imported(prospect.position))
        elif prospect.fresh and self._reader.is_import_due(prospect.position):
            # Importing may take hours: what is new does not wait for it.
            strays = []
        uids = strays or prospect.fresh
        if not uids:
            return self._nothing(prospect, stored)
        reading = await self._line.run(lambda connection: self._read(connection, prospect, uids, limit))
        if reading is None:
            return None
        return self._strayed(prospect, reading, strays) if strays else self._fetched(prospect, reading, stored)

    def _read(self, connection: ImapConnection, prospect: Prospect, uids: Sequence[int], limit: int) -> Reading | None:
        """Return what was read, None where UIDs may mean something else because the connection is another one."""
        if connection is not prospect.connection or not self._reader.is_open(connection):
            return None
        return self._reader.read(connection, prospect, uids, limit=limit)

    async def _unknown_below(self, prospect: Prospect) -> list[int]:
        """Return some UIDs below the position that the ledger does not have, none where it has them all."""
        if prospect.below is not None:
            self._strays = dict.fromkeys(prospect.below, 0)
        uids = list(self._strays)
        for start in range(0, len(uids), KNOWN_CHUNK):
            chunk = uids[start : start + KNOWN_CHUNK]
            names = [str(uid) for uid in chunk]
            known = await self._surroundings.known(prospect.position.uid_validity, names)
            unknown = [uid for uid in chunk if str(uid) not in known and self._strays[uid] < STRAY_TRIES]
            for uid in frozenset(chunk) - frozenset(unknown):
                del self._strays[uid]
            if unknown:
                return unknown
        return []

    def _strayed(self, prospect: Prospect, reading: Reading, asked: Sequence[int]) -> Fetched:
        """Give messages from below the cursor; those that were looked at and not given are let go of."""
        given = {message.outline.uid for message in reading.messages}
        looked_at = {uid for uid in asked if uid <= reading.looked_at}
        self._strays = {
            uid: tries + (uid in given) for uid, tries in self._strays.items() if uid in given or uid not in looked_at
        }
        cursor = prospect.position.text()
        return Fetched(emails=tuple((self._raw(prospect, message), cursor) for message in reading.messages), more=True)

    def _fetched(self, prospect: Prospect, reading: Reading, stored: Cursor | None) -> Fetched:
        position = prospect.position
        emails: list[tuple[RawEmail, str]] = []
        last = stored
        for message in reading.messages:
            position = last = position.at(message.outline.uid, modseq=message.outline.modseq, mark=message.mark)
            emails.append((self._raw(prospect, message), position.text()))
        end = position.at(reading.looked_at)
        return Fetched(
            emails=tuple(emails),
            more=not reading.all_read or bool(self._strays),
            cursor=end.text() if end.is_beyond(last) else None,
        )

    def _nothing(self, prospect: Prospect, stored: Cursor | None) -> Fetched:
        end = prospect.position.at(prospect.last)
        return Fetched(emails=(), more=False, cursor=end.text() if end.is_beyond(stored) else None)

    def _raw(self, prospect: Prospect, message: ImapMessage) -> RawEmail:
        flags = set(message.outline.flags)
        flags |= {TRUNCATED_FLAG} if message.cut else set()
        flags |= {UNREADABLE_FLAG} if message.unreadable else set()
        return RawEmail(
            mailbox_id=self._surroundings.mailbox_id,
            uid_validity=prospect.position.uid_validity,
            uid=str(message.outline.uid),
            received_at=message.outline.received_at,
            content=message.content,
            flags=frozenset(flags),
        )

    def _idle(self, connection: ImapConnection, seconds: float) -> bool:
        """Wait for an announcement; return False where the server does not give any, so that polling is left."""
        last = self._reader.last
        if last is None:
            return True
        if not self._reader.is_open(connection):
            # The old connection broke while it waited: look at once, but do not do so for ever.
            self._breaks += 1
            if self._breaks >= IDLE_BREAKS:
                self._breaks = 0
                self._poll_until = time.monotonic() + POLL_AFTER_BREAKS_SECONDS
            return True
        if not connection.can("IDLE"):
            return False
        try:
            connection.idle(after=last, seconds=seconds)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # What the server sends next may still belong to IDLE.
            connection.hang_up()
            return False
        self._breaks = 0
        return True

    def _touch(self, connection: ImapConnection, uid: int, uid_validity: str) -> None:
        if not self._reader.is_open(connection):
            state = connection.open_to_change(self._config.folder)
            if self._epochs.uid_validity(state.validity) != uid_validity:
                return
        try:
            if self._config.mark_seen:
                connection.mark_seen(uid)
            if self._config.move_to:
                connection.move(uid, self._config.move_to)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if is_passing(error):
                raise
            # Asking again would not help.
            raise PluginError(failure(error, self._config).message, hint="") from error

    def _found(self, connection: ImapConnection) -> str:
        state = connection.open_folder(self._config.folder)
        abilities = [name if connection.can(name) else f"no {name}" for name in ("IDLE", "CONDSTORE", "MOVE")]
        sent = self._config.sent_folder or connection.sent_folder()
        if sent is None:
            filed = "no folder for sent mail"
        else:
            filed = f"sent mail in {sent!r}" + ("" if connection.has_folder(sent) else ", which will be made")
        return (
            f"{self._config.host}:{self._config.port}, folder {self._config.folder!r}: {state.exists} messages, "
            f"{', '.join(abilities)}, {filed}."
        )
