"""How far an IMAP folder was read, and what a change of the folder means for it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

_NUMBERS = ("validity", "epoch", "uid", "until", "modseq")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What a server says of a folder that is opened: UIDVALIDITY, UIDNEXT, EXISTS, HIGHESTMODSEQ (0: not told)."""

    validity: int
    uid_next: int
    exists: int = 0
    modseq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A message by which a folder is known again: its INTERNALDATE in seconds since 1970, and its size."""

    uid: int
    seconds: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything up to `uid` was looked at. `epoch` counts how often the folder's UIDs began to mean something else.

    UIDs below `until` were there when reading began: of these only mail that arrived late enough is wanted, and from
    the day `imports` on older mail, too (empty: none). `generation` names the place that was read, as `Surroundings`
    does. `mark` is a message that was seen (None: not known).
    """

    validity: int
    epoch: int = 0
    uid: int = 0
    until: int = 0
    modseq: int = 0
    generation: str = ""
    imports: str = ""
    mark: Mark | None = None

    @property
    def uid_validity(self) -> str:
        """The name under which the ledger keeps places of this folder: fresh after a restored backup."""
        name = f"{self.validity}.{self.epoch}" if self.epoch else str(self.validity)
        return f"{self.generation}/{name}" if self.generation else name

    def at(self, uid: int, *, modseq: int = 0, mark: Mark | None = None) -> "Cursor":
        """Return the cursor that is true once `uid` was looked at, with the highest MODSEQ that was seen."""
        return replace(self, uid=uid, modseq=max(self.modseq, modseq), mark=mark or self.mark)

    def is_beyond(self, other: "Cursor | None") -> bool:
        """Return whether it says more than `other`; MODSEQ alone is not worth storing."""
        return other is None or replace(self, modseq=0) != replace(other, modseq=0)

    def text(self) -> str:
        """Return it as it is stored; what is not known is left out."""
        stored: dict[str, object] = {name: getattr(self, name) for name in _NUMBERS}
        if self.generation:
            stored["generation"] = self.generation
        if self.imports:
            stored["imports"] = self.imports
        if self.mark is not None:
            stored["mark"] = [self.mark.uid, self.mark.seconds, self.mark.size_bytes]
        return json.dumps(stored, separators=(",", ":"))


def read_cursor(text: str | None, *, generation: str = "") -> Cursor | None:
    """Return what `text` says, None where it says nothing of this place.

    That is: None, the cursor of another generation or of another kind of mailbox, and what cannot be read.
    """
    try:
        found: object = json.loads(text or "null")
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    numbers = {name: found.get(name) for name in _NUMBERS}
    known = {name: number for name, number in numbers.items() if isinstance(number, int)}
    if len(known) < len(_NUMBERS) or found.get("generation", "") != generation:
        return None
    imports: object = found.get("imports")
    return Cursor(
        **known,
        generation=generation,
        imports=imports if isinstance(imports, str) else "",
        mark=_read_mark(found.get("mark")),
    )


def follow(cursor: Cursor | None, folder: FolderState, *, generation: str = "", imports: str = "") -> Cursor:
    """Return where reading goes on in the folder as it is now; where it begins anew, with `generation` and `imports`.

    It begins anew where UIDVALIDITY changed (RFC 3501 section 2.3.1.1), and where UIDNEXT or HIGHESTMODSEQ went back,
    which they never do unless a backup was restored. A new epoch begins wherever a place could have been used before.
    """
    fresh = Cursor(
        validity=folder.validity, until=folder.uid_next, modseq=folder.modseq, generation=generation, imports=imports
    )
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

    def __init__(self, generation: str = "") -> None:
        self._generation = generation
        self.reached: Cursor | None = None

    def note(self, cursor: Cursor) -> None:
        """Learn how far the folder was read, and in which epoch."""
        self.reached = cursor

    async def learn(self, stored: Callable[[], Awaitable[str | None]]) -> None:
        """Learn it from the stored cursor, where nobody has read since the start.

        Raises:
            StoreError: the cursor cannot be had.
        """
        if self.reached is None:
            found = read_cursor(await stored(), generation=self._generation)
            # The reader may have come first meanwhile, and knows more.
            self.reached = self.reached or found

    def uid_validity(self, validity: int) -> str:
        """Return the name under which the ledger keeps places of this UIDVALIDITY."""
        if self.reached is not None and self.reached.validity == validity:
            return self.reached.uid_validity
        return Cursor(validity=validity, generation=self._generation).uid_validity

    def naming(self) -> Callable[[FolderState], str]:
        """Return what names the places of a folder that is opened after this call, as its reader will name them."""
        reached = self.reached
        return lambda folder: follow(reached, folder, generation=self._generation).uid_validity


def _read_mark(found: object) -> Mark | None:
    if not isinstance(found, list):
        return None
    match [number for number in found if isinstance(number, int)]:
        case [uid, seconds, size_bytes]:
            return Mark(uid=uid, seconds=seconds, size_bytes=size_bytes)
    return None
