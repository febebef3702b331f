"""Messages that a server cannot give: found one by one, so that they stop neither their mailbox nor each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from imapclient.exceptions import IMAPClientError

from postroom.errors import TransientError
from postroom.interfaces.clock import Clock
from postroom.providers.imap_smtp.imap_connection import Connection
from postroom.providers.imap_smtp.imap_failure import LATER, lost, refuses_for_now

ENDS_OF_CULPRITS = 3
NEIGHBOURS = 50  # UIDs on either side among which another message is looked for.
OTHERS_TRIED = 3
PATIENCE = timedelta(hours=1)

Found = TypeVar("Found")
Question = Callable[[Sequence[int]], dict[int, Found]]


class Suspects:
    """Asks a server about messages, and remembers over connections which of them it may be unable to give.

    Some servers end the connection over a message that they cannot read. Then those that were asked for together are
    each asked for alone, and one that ends three connections on its own is given up. Others refuse: a message that is
    refused is given up where others can be read; where none can, it is the server that fails, and time may mend it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._uid_validity = ""
        self._alone: frozenset[int] = frozenset()
        self._ends: Counter[int] = Counter()
        self._refused_at: dict[int, datetime] = {}

    def belong_to(self, uid_validity: str) -> None:
        """Forget all where UIDs began to mean something else."""
        if self._uid_validity and uid_validity != self._uid_validity:
            self._alone, self._ends, self._refused_at = frozenset(), Counter(), {}
        self._uid_validity = uid_validity

    def __contains__(self, uid: int) -> bool:
        """Return whether a message may only be asked for alone."""
        return uid in self._alone

    def ask(
        self, connection: Connection, uids: Sequence[int], question: Question[Found]
    ) -> tuple[dict[int, Found], frozenset[int]]:
        """Return what the server gives of `uids`, and those that it cannot give; what is gone is in neither.

        Raises:
            TransientError: it gives none of them now. OSError, abort: the connection ended.
        """
        if len(uids) == 1 and self._ends[uids[0]] >= ENDS_OF_CULPRITS:
            return {}, frozenset(uids)
        found = self._given(uids, question)
        if found is not None:
            return found, frozenset()
        # One that was deleted meanwhile must not count as refused.
        connection.noop()
        found = {}
        refused: list[int] = []
        for uid in uids:
            given = self._given([uid], question)
            if given is None:
                refused.append(uid)
            else:
                found |= given
        if refused and not found and not self._is_their_fault(connection, refused):
            raise TransientError("The IMAP server refuses to give any message.", hint=LATER)
        return found, frozenset(refused)

    def _given(self, uids: Sequence[int], question: Question[Found]) -> dict[int, Found] | None:
        """Return the answer, None where it is refused and waiting would not help."""
        try:
            found = question(uids)
        except (OSError, EOFError, IMAPClientError, ValueError) as error:
            if lost(error):
                self._broke(uids)
                raise
            now = self._clock.now()
            self._refused_at = dict.fromkeys(uids, now) | self._refused_at
            if refuses_for_now(error) and not self._is_patience_at_end(uids):
                raise TransientError("The IMAP server cannot give messages now.", hint=LATER) from error
            return None
        self._alone -= frozenset(uids)
        for uid in uids:
            self._ends.pop(uid, None)
            self._refused_at.pop(uid, None)
        return found

    def _broke(self, uids: Sequence[int]) -> None:
        self._alone |= frozenset(uids)
        if len(uids) == 1:
            self._ends[uids[0]] += 1

    def _is_their_fault(self, connection: Connection, refused: Sequence[int]) -> bool:
        if self._is_patience_at_end(refused):
            return True
        return len(refused) == 1 and _reads_another(connection, refused[0])

    def _is_patience_at_end(self, uids: Iterable[int]) -> bool:
        now = self._clock.now()
        return all(now - self._refused_at.get(uid, now) >= PATIENCE for uid in uids)


def _reads_another(connection: Connection, uid: int) -> bool:
    """Return whether the server can read a message near this one."""
    near = connection.search("", low=max(1, uid - NEIGHBOURS), high=uid + NEIGHBOURS)
    others = sorted((one for one in near if one != uid), key=lambda one: abs(one - uid))
    for other in others[:OTHERS_TRIED]:
        try:
            if connection.beginning(other, 1) is not None:
                return True
        except (IMAPClientError, ValueError) as error:
            if lost(error):
                raise
    return False
