"""Imports labelled texts that a program hands over, by the rules of imported tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from postroom.actions.desk import Desk
from postroom.actions.importing import example_of
from postroom.actions.importing_tables import Found, Refused, checked
from postroom.model.example import Example, ExampleId

_NO_FILE = Path()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRow:
    """One text and what it is about; the language (ISO 639-1) is empty where nobody knows."""

    text: str
    label: str
    subject: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row, counted from 1, that was not taken, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRows:
    """What came of it: rows `read`, those that are `new`, those `repeated` among them, and how many of each label."""

    read: int
    new: int
    repeated: int
    labels: Mapping[str, int]
    refused: tuple[RefusedRow, ...]


async def import_rows(desk: Desk, rows: Sequence[LabelledRow]) -> ImportedRows:
    """Store the rows that can be examples, all of them or none; a text that is there already gets its new label."""
    found = [checked(_found(desk, number, row)) for number, row in enumerate(rows, start=1)]
    taken = [example_of(one, by=desk.by) for one in found if isinstance(one, Found)]
    examples: dict[ExampleId, Example] = {one.id: one for one in taken}
    new = await desk.stores.examples.put(list(examples.values())) if examples else 0
    return ImportedRows(
        read=len(taken),
        new=new,
        repeated=len(taken) - len(examples),
        labels=dict(sorted(Counter(one.category for one in examples.values()).items())),
        refused=tuple(RefusedRow(row=one.row, reason=one.reason) for one in found if isinstance(one, Refused)),
    )


def _found(desk: Desk, number: int, row: LabelledRow) -> Found:
    return Found(
        file=_NO_FILE,
        row=number,
        subject=row.subject.strip(),
        text=row.text.strip(),
        label=row.label.strip(),
        language=row.language.strip().casefold(),
        at=desk.clock.now(),
    )
