"""Messages that a server cannot give: found one by one, so that they stop neither their mailbox nor each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from imapclient.exceptions import IMAPClientError

from postroom.errors import TransientError
from postroom.interfaces.clock import Clock
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_failure import LATER, lost, refuses_for_now

ENDS_OF_CULPRITS = 3
ENDS_UNPROVEN = 2  # As many count while the server may be what fails.
NEIGHBOURS = 50  # UIDs on a side among which another message is looked for.
OTHERS_TRIED = 3
PATIENCE = timedelta(hours=1)

Found = TypeVar("Found")
Question = Callable[[Sequence[int]], dict[int, Found]]


class Suspects:
    """Asks a server about messages, and remembers over connections which of them it may be unable to give.

    Some servers end the connection over a message that they cannot read. Then those that were asked for together are
    each asked for alone, and one that ends three connections on its own is given up, the last of them after a newer
    message was read on it. Others refuse: a message that is refused is given up where others can be read. Where none
    can, it is the server that fails, and time may mend it: then a message is given up after an hour at the earliest.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._uid_validity = ""
        self._alone: frozenset[int] = frozenset()
        self._ends: Counter[int] = Counter()
        self._fails_since: dict[int, datetime] = {}

    def belong_to(self, uid_validity: str) -> None:
        """Forget all where UIDs began to mean something else."""
        if self._uid_validity and uid_validity != self._uid_validity:
            self._alone, self._ends, self._fails_since = frozenset(), Counter(), {}
        self._uid_validity = uid_validity

    def __contains__(self, uid: int) -> bool:
        """Return whether a message may only be asked for alone."""
        return uid in self._alone

    def chunks(self, uids: Sequence[int], step: int) -> Iterator[list[int]]:
        """Yield `step` UIDs at a time, and suspects alone."""
        chunk: list[int] = []
        for uid in uids:
            if chunk and (len(chunk) == step or uid in self or chunk[-1] in self):
                yield chunk
                chunk = []
            chunk.append(uid)
        if chunk:
            yield chunk

    def ask(
        self, connection: ImapConnection, uids: Sequence[int], question: Question[Found]
    ) -> tuple[dict[int, Found], frozenset[int]]:
        """Return what the server gives of `uids`, and those that it cannot give; what is gone is in neither.

        Raises:
            TransientError: it gives none of them now. OSError, abort: the connection ended.
        """
        if len(uids) == 1 and self._ends[uids[0]] >= ENDS_OF_CULPRITS:
            return {}, frozenset(uids)
        most_ends = self._most_ends(connection, uids)
        found = self._given(uids, question, most_ends)
        if found is not None:
            return found, frozenset()
        # One that was deleted meanwhile must not count as refused.
        connection.noop()
        found = {}
        refused: list[int] = []
        for uid in uids:
            given = self._given([uid], question, ENDS_UNPROVEN)
            if given is None:
                refused.append(uid)
            else:
                found |= given
        if refused and not found and not self._is_their_fault(connection, refused):
            raise TransientError("The IMAP server refuses to give any message.", hint=LATER)
        return found, frozenset(refused)

    def _given(self, uids: Sequence[int], question: Question[Found], most_ends: int) -> dict[int, Found] | None:
        """Return the answer, None where it is refused and waiting would not help."""
        try:
            found = question(uids)
        except (OSError, EOFError, IMAPClientError, ValueError) as error:
            if lost(error):
                self._broke(uids, most_ends)
                raise
            self._failed(uids)
            if refuses_for_now(error) and not self._is_patience_at_end(uids):
                raise TransientError("The IMAP server cannot give messages now.", hint=LATER) from error
            return None
        self._alone -= frozenset(uids)
        for uid in uids:
            self._ends.pop(uid, None)
            self._fails_since.pop(uid, None)
        return found

    def _most_ends(self, connection: ImapConnection, uids: Sequence[int]) -> int:
        """Return how many ends may count against a message once the connection has ended over it again.

        The last one counts only where the server gave a newer message just before, or has failed for long: in a short
        outage the new mail cannot be read, while older mail may still come from a cache.
        """
        if len(uids) > 1 or self._ends[uids[0]] < ENDS_UNPROVEN:
            return ENDS_UNPROVEN
        (uid,) = uids
        if self._is_patience_at_end(uids) or self._reads_any(connection, uid, uid + 1, uid + NEIGHBOURS):
            return ENDS_OF_CULPRITS
        return ENDS_UNPROVEN

    def _broke(self, uids: Sequence[int], most_ends: int) -> None:
        self._failed(uids)
        self._alone |= frozenset(uids)
        if len(uids) == 1:
            self._ends[uids[0]] = min(self._ends[uids[0]] + 1, most_ends)

    def _failed(self, uids: Sequence[int]) -> None:
        self._fails_since = dict.fromkeys(uids, self._clock.now()) | self._fails_since

    def _is_their_fault(self, connection: ImapConnection, refused: Sequence[int]) -> bool:
        if self._is_patience_at_end(refused):
            return True
        if len(refused) > 1:
            return False
        (uid,) = refused
        return self._reads_any(connection, uid, max(1, uid - NEIGHBOURS), uid + NEIGHBOURS)

    def _is_patience_at_end(self, uids: Iterable[int]) -> bool:
        now = self._clock.now()
        return all(now - self._fails_since.get(uid, now) >= PATIENCE for uid in uids)

    def _reads_any(self, connection: ImapConnection, uid: int, low: int, high: int) -> bool:
        """Return whether the server can read another message from `low` to `high`, near this one."""
        others = [one for one in connection.search("", low=low, high=high) if one != uid]
        # One that ended connections itself is asked for last, so that it does not hide the others for ever.
        others.sort(key=lambda one: (self._ends[one], abs(one - uid)))
        for other in others[:OTHERS_TRIED]:
            try:
                if connection.beginning(other, 1) is not None:
                    return True
            except (OSError, EOFError, IMAPClientError, ValueError) as error:
                if lost(error):
                    self._broke([other], ENDS_UNPROVEN)
                    raise
        return False
