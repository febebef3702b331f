"""How far an IMAP folder was read, and what a change of the folder means for it."""

import json
from dataclasses import dataclass, replace

from postroom.errors import PluginError

_FIELDS = ("validity", "epoch", "uid", "until", "modseq")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What a server says of a folder that is opened: UIDVALIDITY, UIDNEXT, EXISTS, HIGHESTMODSEQ (0: not told)."""

    validity: int
    uid_next: int
    exists: int = 0
    modseq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything up to `uid` was looked at. `epoch` counts how often the folder's UIDs began to mean something else.

    UIDs below `until` were there when reading began: of these only mail that arrived late enough is wanted.
    """

    validity: int
    epoch: int = 0
    uid: int = 0
    until: int = 0
    modseq: int = 0

    @property
    def uid_validity(self) -> str:
        """The name under which the ledger keeps places of this folder: fresh after a restored backup."""
        return f"{self.validity}.{self.epoch}" if self.epoch else str(self.validity)

    def at(self, uid: int, *, modseq: int = 0) -> "Cursor":
        """Return the cursor that is true once `uid` was looked at, with the highest MODSEQ that was seen."""
        return replace(self, uid=uid, modseq=max(self.modseq, modseq))

    def is_beyond(self, other: "Cursor | None") -> bool:
        """Return whether it says more than `other`; MODSEQ alone is not worth storing."""
        return other is None or replace(self, modseq=0) != replace(other, modseq=0)

    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps({name: getattr(self, name) for name in _FIELDS}, separators=(",", ":"))


def read_cursor(text: str | None) -> Cursor | None:
    """Return what `text` says, None for None.

    Raises:
        PluginError: it is no cursor of an IMAP mailbox.
    """
    if text is None:
        return None
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        numbers = {name: found.get(name) for name in _FIELDS}
        known = {name: number for name, number in numbers.items() if isinstance(number, int)}
        if len(known) == len(_FIELDS):
            return Cursor(**known)
    raise PluginError(
        f"{text!r} is not how far an IMAP mailbox was read.",
        hint="Was the kind of this mailbox changed? Add a new one.",
    )


def follow(cursor: Cursor | None, folder: FolderState) -> Cursor:
    """Return where reading goes on in the folder as it is now.

    It begins anew where UIDVALIDITY changed (RFC 3501 section 2.3.1.1), and where UIDNEXT or HIGHESTMODSEQ went back,
    which they never do unless a backup was restored. A new epoch begins wherever a place could have been used before.
    """
    fresh = Cursor(validity=folder.validity, until=folder.uid_next, modseq=folder.modseq)
    if cursor is None:
        return fresh
    if folder.validity != cursor.validity:
        went_back = folder.validity < cursor.validity
        return replace(fresh, epoch=cursor.epoch + went_back)
    if folder.uid_next <= cursor.uid or 0 < folder.modseq < cursor.modseq:
        return replace(fresh, epoch=cursor.epoch + 1)
    return replace(cursor, modseq=max(cursor.modseq, folder.modseq))


class Epochs:
    """What the reader of a folder tells all who name places in it: the epoch of its UIDVALIDITY."""

    def __init__(self) -> None:
        self._read: Cursor | None = None

    def note(self, cursor: Cursor) -> None:
        """Learn how far the folder was read, and in which epoch."""
        self._read = cursor

    def uid_validity(self, validity: int) -> str:
        """Return the name under which the ledger keeps places of this UIDVALIDITY."""
        if self._read is not None and self._read.validity == validity:
            return self._read.uid_validity
        return Cursor(validity=validity).uid_validity
