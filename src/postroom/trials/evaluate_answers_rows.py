"""Rows of labelled CSV files, read for an evaluation: every problem is told with its file, line and what to do."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from postroom.errors import InputError

# A field of a spreadsheet may hold a whole article; 131,072 characters, the module's own limit, are too few for some.
_LONGEST_FIELD = 10_000_000


def read_rows(
    paths: Sequence[Path], columns: tuple[str, ...], *, may_be_empty: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """Return the values of `columns` in each row of all `paths`, one after the other, stripped; blank rows are skipped.

    UTF-8, with or without a byte order mark; other columns are ignored, and case does not matter in headings.

    Raises:
        InputError: a file cannot be read, lacks a column, has a row without a value there, or has no rows.
    """
    return [row for path in paths for row in _read(path, columns, may_be_empty)]


def _read(path: Path, columns: tuple[str, ...], may_be_empty: tuple[str, ...]) -> list[tuple[str, ...]]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = _rows(file, path, columns)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text.", hint="Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise InputError(f"{path} is not readable as CSV: {error}.", hint="Save it as CSV in UTF-8.") from error
    rows = []
    for line, values in found:
        empty = next((column for column, value in zip(columns, values, strict=True) if not value), None)
        if empty is not None and empty not in may_be_empty:
            raise InputError(f"{path}, line {line}: {empty!r} is empty.", hint="Fill it in, or remove the row.")
        rows.append(values)
    if not rows:
        raise InputError(f"{path} has no rows.", hint=f"Write one row for each example: {','.join(columns)}.")
    return rows


def _rows(file: TextIO, path: Path, columns: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(file)
    headings = [heading.strip().casefold() for heading in next(reader, [])]
    missing = [column for column in columns if column not in headings]
    if missing:
        raise InputError(
            f"{path}, line 1: the column {missing[0]!r} is missing; there is {', '.join(headings) or 'nothing'}.",
            hint=f"Begin the file with a line that names its columns: {','.join(columns)}.",
        )
    places = [headings.index(column) for column in columns]
    return [
        (reader.line_num, tuple(row[place].strip() if place < len(row) else "" for place in places))
        for row in reader
        if any(value.strip() for value in row)
    ]
