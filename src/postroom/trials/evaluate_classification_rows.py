"""Labelled rows for an evaluation of classification: CSV files with the columns text and label."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from postroom.learning.table import read_table

TEXT, LABEL = "text", "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """A text (which may be empty), its label, and which of the files it is from (0 is the first)."""

    text: str
    label: str
    file: int


def read_labelled(paths: Sequence[Path]) -> tuple[EvaluationRow, ...]:
    """Return the rows of all files, one after the other.

    Raises:
        InputError: a file cannot be read, lacks a column, has a row without a label, or has no rows.
    """
    return tuple(
        EvaluationRow(text=row.there(TEXT), label=row.filled(LABEL), file=file)
        for file, path in enumerate(paths)
        for row in read_table(path, (TEXT, LABEL))
    )
