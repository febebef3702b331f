"""Labelled rows for an evaluation of classification: CSV files with the columns text and label."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from postroom.errors import InputError

TEXT, LABEL = "text", "label"
_LONGEST_FIELD = 10_000_000  # The module's own limit of 131,072 characters is too few for some mails.


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRow:
    """A text (which may be empty), its label, and which of the files it is from (0 is the first)."""

    text: str
    label: str
    file: int


def read_labelled(paths: Sequence[Path]) -> tuple[LabelledRow, ...]:
    """Return the rows of all files, one after the other; other columns are ignored, case does not matter in headings.

    Raises:
        InputError: a file cannot be read, lacks a column, has a row without a label, or has no rows.
    """
    return tuple(row for file, path in enumerate(paths) for row in _read(path, file))


def _read(path: Path, file: int) -> list[LabelledRow]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as content:
            rows = _rows(content, path, file)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text.", hint="Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise InputError(f"{path} is not readable as CSV: {error}.", hint="Save it as CSV in UTF-8.") from error
    if not rows:
        raise InputError(f"{path} has no rows.", hint="Write one row for each example: text,label.")
    return rows


def _rows(content: TextIO, path: Path, file: int) -> list[LabelledRow]:
    reader = csv.reader(content)
    headings = [heading.strip().casefold() for heading in next(reader, [])]
    for column in (TEXT, LABEL):
        if column not in headings:
            raise InputError(
                f"{path}, line 1: the column {column!r} is missing; there is {', '.join(headings) or 'nothing'}.",
                hint="Begin the file with the line: text,label",
            )
    text, label = headings.index(TEXT), headings.index(LABEL)
    found = []
    for row in reader:
        if not any(row):
            continue
        if len(row) <= max(text, label) or not row[label].strip():
            raise InputError(
                f"{path}, line {reader.line_num}: the label is missing.",
                hint="Fill it in, or remove the row; a text with commas needs quotation marks around it.",
            )
        found.append(LabelledRow(text=row[text].strip(), label=row[label].strip(), file=file))
    return found
