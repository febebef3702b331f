"""A channel: the newest events of one execution or one workflow, ready to be sent to all who follow it."""

from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.api.live.messages import events_json
from postroom.model.execution import EventFilter

BACKLOG = 10_000
"""How many events a follower may be behind and still be told each."""
BATCH_EVENTS = 500
BATCH_CHARACTERS = 256 * 1024
PLACES = 4
"""Of how many places that followers stand at the batch is kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its cursor and its JSON."""

    cursor: int
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A message with the events behind some place, the last of which has `cursor`."""

    cursor: int
    text: str


class Channel:
    """Keeps every event of `topic` with a cursor above `floor`, at most the newest 10,000.

    Who stands at the same place gets the very same batch.
    """

    def __init__(self, topic: EventFilter, floor: int) -> None:
        self.topic = topic
        self.floor = floor
        self._entries: deque[Entry] = deque()
        self._batches: OrderedDict[tuple[int, int], Batch] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: Entry) -> None:
        """Add a newer event; where there are too many, the oldest goes and the floor rises."""
        self._entries.append(entry)
        if len(self._entries) > BACKLOG:
            self.floor = self._entries.popleft().cursor

    def prepend(self, entries: Sequence[Entry], floor: int) -> None:
        """Add the events between `floor` and the present floor, in order; there must be room for them."""
        self._entries.extendleft(reversed(entries))
        self.floor = floor

    def restart(self, floor: int) -> None:
        """Forget everything and begin above `floor`."""
        self._entries.clear()
        self._batches.clear()
        self.floor = floor

    def batch(self, after: int) -> Batch | None:
        """Return the next events behind `after`, which must not be below the floor; None where there are none."""
        if not self._entries or self._entries[-1].cursor <= after:
            return None
        first = bisect_right(self._entries, after, key=_cursor)
        # Where the batch begins and what was newest when it was made say what is in it.
        place = (self._entries[first].cursor, self._entries[-1].cursor)
        found = self._batches.get(place)
        if found is None:
            found = self._batches[place] = self._joined(first)
            if len(self._batches) > PLACES:
                self._batches.popitem(last=False)
        return found

    def _joined(self, first: int) -> Batch:
        chosen: list[Entry] = []
        characters = 0
        for index in range(first, min(first + BATCH_EVENTS, len(self._entries))):
            entry = self._entries[index]
            characters += len(entry.text)
            if chosen and characters > BATCH_CHARACTERS:
                break
            chosen.append(entry)
        cursor = chosen[-1].cursor
        return Batch(cursor, events_json((entry.text for entry in chosen), cursor))


def _cursor(entry: Entry) -> int:
    return entry.cursor
