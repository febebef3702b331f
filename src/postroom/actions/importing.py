"""Imports labelled history: each text once, whatever is imported again; what cannot be taken is told, never dropped."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from postroom.actions.desk import Desk
from postroom.actions.importing_mail import MailRules, MailSource, mail_sources, read_mail
from postroom.actions.importing_tables import TABLES, Found, Line, Refused, read_table
from postroom.errors import InputError
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.model.example import Example, ExampleId, Origin

BATCH = 500
"""Texts that are stored at once: what a kill loses is read again in a second."""
ID_CHARACTERS = 32
KEPT_REFUSED = 100
"""So many of the refused rows are told with their reason; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What is imported: tables, mbox files, Maildirs and folders of them.

    `label` is that of all mail, without it each folder's name is; `max_message_bytes` bounds a mail. Mail from
    the addresses of stored mailboxes and from `own_addresses` is the company's own. A dry run reads everything and
    stores nothing.
    """

    paths: tuple[Path, ...]
    label: str = ""
    max_message_bytes: int = 25 * 1024 * 1024
    own_addresses: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import: texts `read`, those that are `new`, and how many there are of each label.

    `repeated` texts stood in the files more than once; the last label holds. Every other row is counted in
    `refused_rows`, the first `KEPT_REFUSED` of them with their reasons in `refused`. `new` is 0 in a dry run.
    """

    read: int
    new: int
    repeated: int
    labels: Mapping[str, int]
    refused_rows: int
    refused: tuple[Refused, ...]
    dry_run: bool


async def import_history(desk: Desk, order: ImportOrder, progress: Progress) -> Imported:
    """Store what the files hold as examples; `progress` counts bytes. A second import of the same changes nothing.

    Raises:
        InputError: a file is missing, or is nothing that can be imported; what came before it stays.
        StoppedError: `progress` says so; what was stored stays, and the next import goes on.
    """
    own = await _own_addresses(desk.stores, order)
    rules = MailRules(max_message_bytes=order.max_message_bytes, own=own, latest=desk.clock.now())
    sources = await asyncio.to_thread(_sources, order)
    total = sum(source.size_bytes for source in sources)
    tally = _Tally()
    done = 0
    for source in sources:
        lines = _lines(source, rules)
        while batch := await asyncio.to_thread(_some, lines):
            examples = tally.take(batch, by=desk.by)
            if examples and not order.dry_run:
                tally.new += await desk.stores.examples.put(examples)
            await progress(min(total, done + batch[-1][1]), total)
        done += source.size_bytes
    await progress(total, total)
    return tally.imported(order)


class _Tally:
    """What was read so far."""

    def __init__(self) -> None:
        self.new = 0
        self._label_of: dict[ExampleId, str] = {}
        self._read = 0
        self._refused_rows = 0
        self._refused: list[Refused] = []

    def take(self, batch: Sequence[tuple[Line, int]], *, by: str) -> list[Example]:
        """Return the examples of a batch, each id once."""
        examples: dict[ExampleId, Example] = {}
        for line, _ in batch:
            if isinstance(line, Refused):
                self._refused_rows += 1
                if self._refused_rows <= KEPT_REFUSED:
                    self._refused.append(line)
                continue
            example = example_of(line, by=by)
            self._read += 1
            self._label_of[example.id] = example.category
            examples[example.id] = example
        return list(examples.values())

    def imported(self, order: ImportOrder) -> Imported:
        """Return what came of it."""
        return Imported(
            read=self._read,
            new=self.new,
            repeated=self._read - len(self._label_of),
            labels=dict(sorted(Counter(self._label_of.values()).items())),
            refused_rows=self._refused_rows,
            refused=tuple(self._refused),
            dry_run=order.dry_run,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    path: Path

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size


def _sources(order: ImportOrder) -> list[MailSource | _Table]:
    found: list[MailSource | _Table] = []
    for path in order.paths:
        if not path.exists():
            raise InputError(f"There is no file {str(path)!r}.", hint="Check the path.")
        if path.is_file() and path.suffix.lower() in TABLES:
            if order.label:
                raise InputError(f"The table {str(path)!r} names its labels itself.", hint="Import it without --label.")
            found.append(_Table(path=path))
        else:
            found.extend(mail_sources(path, order.label))
    return found


def _lines(source: MailSource | _Table, rules: MailRules) -> Iterator[tuple[Line, int]]:
    if isinstance(source, MailSource):
        yield from read_mail(source, rules)
        return
    read = 0
    for line in read_table(source.path):
        # How far the file was read nobody tells; the texts themselves are most of it.
        read += len(line.text) if isinstance(line, Found) else 0
        yield line, min(read, source.size_bytes)


def _some(lines: Iterator[tuple[Line, int]]) -> list[tuple[Line, int]]:
    return list(islice(lines, BATCH))


def example_of(found: Found, *, by: str) -> Example:
    """Return a labelled text as an example; the same text is the same example, whatever it is imported from."""
    digest = hashlib.sha256(f"{found.subject}\0{found.text}".encode()).hexdigest()
    return Example(
        id=ExampleId(f"im_{digest[:ID_CHARACTERS]}"),
        origin=Origin.IMPORT,
        subject=found.subject,
        text=found.text,
        language=found.language,
        category=found.label,
        by=by,
        at=found.at,
    )


async def _own_addresses(stores: Stores, order: ImportOrder) -> frozenset[str]:
    stored = [address for mailbox in await stores.mailboxes.list() for address in mailbox.addresses]
    return frozenset(address.casefold() for address in (*stored, *order.own_addresses))
