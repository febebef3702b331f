r"""Sees answers that people gave with other programs: `\Answered` in the folder, and new mail in the Sent folder."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from imapclient.datetime_util import format_criteria_date

from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import Clock
from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.providers import Surroundings
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import HeaderLines, ImapConnection
from postroom.providers.imap_smtp.imap_cursor import Epochs, FolderState
from postroom.providers.imap_smtp.imap_line import Line
from postroom.providers.imap_smtp.imap_sent_header import SENT_FIELDS, read_sent_header
from postroom.providers.imap_smtp.imap_suspects import Suspects

FIRST_LOOK = timedelta(days=30)
FIRST_LOOK_MESSAGES = 2000
CHUNK_MESSAGES = 500
ANSWER_BYTES = 256 * 1024  # What a person wrote stands in front of what they attached.

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the looks so far have seen: the answered UIDs of a folder, and how far the Sent folder was read."""

    uid_validity: str = ""
    modseq: int = 0
    answered: frozenset[int] = frozenset()
    sent_folder: str = ""
    sent_validity: int = 0
    sent_uid: int = 0


@dataclass(slots=True)
class _Look:
    """A look that callers wait for together; `ended` holds None where its leader was cancelled."""

    ended: "asyncio.Future[tuple[Answer, ...] | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class ImapLookout:
    """Watches a mailbox for answers. A look without news costs two round trips."""

    def __init__(
        self, config: ImapConfig, surroundings: Surroundings, *, line: Line, epochs: Epochs, clock: Clock
    ) -> None:
        self._config = config
        self._surroundings = surroundings
        self._line = line
        self._epochs = epochs
        self._clock = clock
        self._seen = _Seen()
        self._suspects = Suspects(clock)
        self._looking = asyncio.Lock()
        self._next: _Look | None = None

    async def answers(self) -> tuple[Answer, ...]:
        """Return the signs that are new since the last look; the first one gives those of 30 days, at most 2,000 each.

        A caller that comes while a look is under way gets the next one, together with all others that wait for it.

        Raises:
            TransientError, PluginError: as the receiver's `fetch`. Nothing is lost then: the next look gives it. A
                message in the Sent folder that the server cannot give is passed over in the end, and logged.
        """
        while True:
            if self._next is None:
                return await self._lead()
            answers = await asyncio.shield(self._next.ended)
            if answers is not None:
                return answers

    async def sent_bytes(self, answer: SentAnswer) -> bytes | None:
        """Return the first bytes of a sent answer without marking it as read, None where it is gone.

        Raises:
            TransientError, PluginError: as `answers`.
        """
        validity, _, uid = answer.place.partition("/")
        name = self._config.sent_folder or self._seen.sent_folder
        if not name or not uid.isdecimal():
            return None

        def read(connection: ImapConnection) -> bytes | None:
            state = connection.open_folder(name)
            return connection.beginning(int(uid), ANSWER_BYTES) if str(state.validity) == validity else None

        return await self._line.run(read)

    async def _lead(self) -> tuple[Answer, ...]:
        look = self._next = _Look()
        try:
            # Callers that a cancelled leader let go of wake together, and shall share this look.
            await asyncio.sleep(0)
            async with self._looking:
                self._next = None
                await self._epochs.learn(self._surroundings.cursor)
                # Kept only here: what a look saw is lost with its caller.
                self._seen, answers = await self._line.run(self._look)
        except Exception as error:
            look.ended.set_exception(error)
            # Marks it as seen, as maybe nobody else waits for it.
            look.ended.exception()
            raise
        except BaseException:
            if self._next is look:
                self._next = None
            look.ended.set_result(None)
            raise
        look.ended.set_result(answers)
        return answers

    def _look(self, connection: ImapConnection) -> tuple[_Seen, tuple[Answer, ...]]:
        seen, flagged = self._flagged(connection, self._seen)
        seen, sent = self._sent(connection, seen)
        return seen, (*flagged, *sent)

    def _flagged(self, connection: ImapConnection, seen: _Seen) -> tuple[_Seen, list[FlaggedAnswer]]:
        naming = self._epochs.naming()
        state = connection.open_folder(self._config.folder)
        uid_validity = naming(state)
        if uid_validity != seen.uid_validity:
            seen = replace(seen, uid_validity=uid_validity, modseq=0, answered=frozenset())
        elif seen.modseq and state.modseq == seen.modseq:
            return seen, []
        if 0 < seen.modseq < state.modseq:
            uids = connection.search(f"ANSWERED MODSEQ {seen.modseq + 1}")
        else:
            uids = connection.search(f"ANSWERED {self._recently()}")[-FIRST_LOOK_MESSAGES:]
        new = [uid for uid in uids if uid not in seen.answered]
        now = self._clock.now()
        answers = [
            FlaggedAnswer(
                mailbox_id=self._surroundings.mailbox_id, uid_validity=uid_validity, uid=str(uid), seen_at=now
            )
            for uid in new
        ]
        return replace(seen, modseq=state.modseq, answered=seen.answered.union(new)), answers

    def _sent(self, connection: ImapConnection, seen: _Seen) -> tuple[_Seen, list[SentAnswer]]:
        name = self._config.sent_folder or seen.sent_folder or connection.sent_folder()
        if name is None or (name != seen.sent_folder and not connection.has_folder(name)):
            return seen, []
        try:
            state = connection.open_folder(name)
        except TransientError:
            raise
        except PluginError:
            # It was there at the last look. Without it flags are still seen.
            return replace(seen, sent_folder="", sent_validity=0, sent_uid=0), []
        uids = self._new_in_sent(connection, state, seen, name)
        self._suspects.belong_to(f"{state.validity}/{name}")
        answers = list(self._sent_answers(state, self._sent_lines(connection, uids)))
        last = max(state.uid_next - 1, *uids[-1:], 0)
        return replace(seen, sent_folder=name, sent_validity=state.validity, sent_uid=last), answers

    def _new_in_sent(self, connection: ImapConnection, state: FolderState, seen: _Seen, name: str) -> list[int]:
        if (name, state.validity) != (seen.sent_folder, seen.sent_validity) or state.uid_next <= seen.sent_uid:
            return connection.search(self._recently())[-FIRST_LOOK_MESSAGES:]
        if state.uid_next == seen.sent_uid + 1:
            return []
        return connection.search("", low=seen.sent_uid + 1)

    def _sent_lines(self, connection: ImapConnection, uids: Sequence[int]) -> dict[int, HeaderLines]:
        """Return the header lines of messages that the server can give, and log those that it cannot."""
        found: dict[int, HeaderLines] = {}
        unreadable: list[int] = []
        for chunk in self._suspects.chunks(uids, CHUNK_MESSAGES):
            given, refused = self._suspects.ask(
                connection, chunk, lambda some: connection.header_lines(some, SENT_FIELDS)
            )
            found |= given
            unreadable += sorted(refused)
        # Only now, as the look goes on from behind them: each is logged once.
        for uid in unreadable:
            _log.error(
                "imap_sent_message_unreadable",
                mailbox_id=self._surroundings.mailbox_id,
                uid=uid,
                hint="If it answers an e-mail, Postroom does not know. Open it with a mail program in the Sent folder.",
            )
        return found

    def _sent_answers(self, state: FolderState, found: dict[int, HeaderLines]) -> Iterator[SentAnswer]:
        for uid, lines in sorted(found.items()):
            header = read_sent_header(lines.header)
            own = any(self._surroundings.is_own(one) for one in header.own_ids)
            if header.refers_to and header.recipients and not header.automatic and not own:
                yield SentAnswer(
                    mailbox_id=self._surroundings.mailbox_id,
                    message_id=header.message_id,
                    refers_to=header.refers_to,
                    recipients=header.recipients,
                    sent_at=lines.received_at,
                    place=f"{state.validity}/{uid}",
                )

    def _recently(self) -> str:
        return f"SINCE {format_criteria_date(self._clock.now() - FIRST_LOOK).decode('ascii')}"
