"""Reconciliation: every mail of a mailbox against the ledger and what became of it."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from postroom.actions.quarantine import quarantined
from postroom.interfaces.provider import Receiver
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import MailboxId, RawEmail
from postroom.model.execution import ExecutionId, FinalState
from postroom.model.ledger import EntryKind, LedgerEntry
from postroom.providers import Known

PAGE = 200
UNDER_WAY = "under_way"
DISMISSED = "dismissed"
# What a person has to look at.
PROBLEMS = frozenset({FinalState.FAILED.value, FinalState.UNCERTAIN.value, FinalState.QUARANTINED.value})
Tell = Callable[[int], None]
OpenReader = Callable[[Known], Awaitable[Receiver]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message lies in the mailbox, what it was found to be, and the execution that shows more."""

    uid_validity: str
    uid: str
    state: str
    execution_id: ExecutionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a mailbox and the ledger say of each other.

    `in_mailbox` counts what the mailbox gives from its beginning, `missing` what of it the ledger has not. `states`
    counts the ledger's entries by what became of them (`under_way`: queued, running, waiting or paused without an
    answer yet; `dismissed`: deleted from quarantine by a person); `duplicates` are the same mail in another place,
    counted apart. `problems` need a person.
    """

    mailbox_id: MailboxId
    in_mailbox: int
    in_ledger: int
    duplicates: int
    states: Mapping[str, int]
    missing: tuple[Place, ...]
    problems: tuple[Place, ...]

    @property
    def complete(self) -> bool:
        """Whether the ledger knows every mail that the mailbox holds."""
        return not self.missing


@dataclass(slots=True)
class _Tally:
    states: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    entries: int = 0
    problems: list[Place] = field(default_factory=list)

    def add(self, entry: LedgerEntry, state: str) -> None:
        self.entries += 1
        if entry.kind is EntryKind.DUPLICATE:
            self.duplicates += 1
            return
        self.states[state] += 1
        if state in PROBLEMS:
            place = Place(uid_validity=entry.uid_validity, uid=entry.uid, state=state, execution_id=entry.execution_id)
            self.problems.append(place)


async def reconcile(stores: Stores, mailbox_id: MailboxId, open_reader: OpenReader, *, tell: Tell) -> Reconciliation:
    """Return how mailbox and ledger compare; `tell` gets the number of messages looked at so far.

    `open_reader` opens a receiver that leaves out what it is told is known, and that knows the cursor of the ledger, so
    that both name places alike. The mailbox is only read: nothing is accepted, nothing acknowledged. A message that
    arrived this moment and was not received yet counts as missing.

    Raises:
        PluginError: the mailbox cannot be read. StoreError: the ledger cannot.
    """
    seen: set[tuple[str, str]] = set()

    # Some mailboxes have no order to go on in: they give what is not known, so what was seen counts as known.
    async def known(uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
        return frozenset(uid for uid in uids if (uid_validity, uid) in seen)

    missing: list[Place] = []
    receiver = await open_reader(known)
    try:
        async for fresh in _batches(receiver, seen):
            missing.extend(await _unknown(stores, mailbox_id, fresh))
            tell(len(seen))
    finally:
        await receiver.close()
    tally = _Tally()
    shelved: list[LedgerEntry] = []
    async for entry in every(lambda after: stores.ledger.entries(mailbox_id, after=after, limit=PAGE)):
        if entry.kind is EntryKind.QUARANTINED:
            shelved.append(entry)
        else:
            tally.add(entry, state_of(entry))
    # Looked at afterwards, so that what came into quarantine meanwhile is not taken for dismissed.
    there = {(one.mailbox_id, one.uid_validity, one.uid) for one in await quarantined(stores)}
    for entry in shelved:
        stays = (entry.mailbox_id, entry.uid_validity, entry.uid) in there
        tally.add(entry, state_of(entry) if stays else DISMISSED)
    return Reconciliation(
        mailbox_id=mailbox_id,
        in_mailbox=len(seen),
        in_ledger=tally.entries,
        duplicates=tally.duplicates,
        states=dict(tally.states),
        missing=tuple(missing),
        problems=tuple(tally.problems),
    )


def state_of(entry: LedgerEntry) -> str:
    """Return what became of the mail of an entry, `history`, or `under_way`."""
    if entry.kind is EntryKind.QUARANTINED:
        return FinalState.QUARANTINED.value
    if entry.kind is EntryKind.HISTORY:
        return EntryKind.HISTORY.value
    return entry.final_state.value if entry.final_state else UNDER_WAY


async def _batches(receiver: Receiver, seen: set[tuple[str, str]]) -> AsyncIterator[list[RawEmail]]:
    cursor: str | None = None
    while True:
        fetched = await receiver.fetch(cursor, limit=PAGE)
        fresh = [raw for raw, _ in fetched.emails if (raw.uid_validity, raw.uid) not in seen]
        before, cursor = cursor, fetched.cursor or (fetched.emails[-1][1] if fetched.emails else cursor)
        if fresh:
            seen.update((raw.uid_validity, raw.uid) for raw in fresh)
            yield fresh
        elif not fetched.more or cursor == before:
            return


async def _unknown(stores: Stores, mailbox_id: MailboxId, fresh: list[RawEmail]) -> list[Place]:
    found: list[Place] = []
    for uid_validity, group in groupby(fresh, key=lambda raw: raw.uid_validity):
        uids = [raw.uid for raw in group]
        known = await stores.ledger.known(mailbox_id, uid_validity, uids)
        found.extend(Place(uid_validity=uid_validity, uid=uid, state="missing") for uid in uids if uid not in known)
    return found
