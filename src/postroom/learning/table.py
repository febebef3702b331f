"""Tables of labelled texts: CSV with a first line that names the columns, read in one way wherever one is read.

UTF-8, with or without a byte order mark. Case and blanks around headings do not matter; blank lines are skipped. An
apostrophe that was put before a text so that no spreadsheet takes it for a formula is taken off again. Cells are
separated by commas, semicolons or tabs, as spreadsheets of different countries write them: by what names the columns.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from threading import Lock

from postroom.errors import InputError

LONGEST_CELL = 10_000_000
"""Characters: a cell may hold a whole article; the 131,072 of Python's csv are too few for some."""
MOST_ROWS = 100_000
"""Of a table that is read whole: each row takes about a kilobyte of memory however short it is."""
DELIMITERS = (",", ";", "\t")
_LIMIT = Lock()
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_APOSTROPHE = "'"


class Strict(csv.excel):
    """CSV in which a quotation mark at the wrong place is an error."""

    strict = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of a row by their folded headings, and the line it begins in; a short row lacks the last cells."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def there(self, column: str) -> str:
        """Return the cell, stripped; it may be empty.

        Raises:
            InputError: the row ends before it.
        """
        if column not in self.cells:
            raise self._fault(f"{column!r} is missing")
        return self.cells[column].strip()

    def filled(self, column: str) -> str:
        """Return the cell, stripped.

        Raises:
            InputError: it is empty, or missing.
        """
        value = self.cells.get(column, "").strip()
        if not value:
            raise self._fault(f"{column!r} is empty")
        return value

    def _fault(self, what: str) -> InputError:
        return InputError(
            f"{self.file}, line {self.line}: {what}.",
            hint="Fill it in, or remove the row; a text with commas needs quotation marks around it.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A row that is no CSV, the line it begins in, and why."""

    line: int
    reason: str


def read_table(
    path: Path, columns: Sequence[str], *, optional: Sequence[str] = (), dialect: type[csv.Dialect] = csv.excel
) -> list[Row]:
    """Return the rows of the CSV file at `path`, which has all `columns` and perhaps some `optional` ones.

    They hold nothing of other columns.

    Raises:
        InputError: it cannot be read, is no such table, has a broken row, no rows at all, or more than `MOST_ROWS`.
    """
    wanted = {*columns, *optional}
    named = f"{','.join(columns)}{''.join(f'[,{one}]' for one in optional)}"
    found: list[Row] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, _long_cells():
            for row in headed_rows(path, file, columns, named=named, dialect=dialect):
                if isinstance(row, Broken):
                    raise InputError(
                        f"{path}, line {row.line}: {row.reason}.", hint="Save it as CSV in UTF-8, or remove the row."
                    )
                if len(found) == MOST_ROWS:
                    raise InputError(
                        f"{path} has more than {MOST_ROWS:,} rows.",
                        hint="Divide it into several files, each with the line of headings.",
                    )
                found.append(replace(row, cells={name: row.cells[name] for name in row.cells if name in wanted}))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text.", hint="Save it as CSV in UTF-8.") from error
    if not found:
        raise InputError(f"{path} has no rows.", hint=f"Write one row for each example: {named}.")
    return found


def headed_rows(
    path: Path, file: Iterator[str], columns: Sequence[str], *, named: str, dialect: type[csv.Dialect] = csv.excel
) -> Iterator[Row | Broken]:
    """Yield the rows of an open `file` one by one; after a broken one the next is read.

    Cells are as long as Python's csv allows at the time. `named` are the columns as a hint shows them.

    Raises:
        InputError: the first line does not name all `columns`.
    """
    first = next(file, "")
    table = csv.reader(chain([first], file), dialect, delimiter=_delimiter(first, columns, dialect))
    hint = f"Begin the file, a CSV in UTF-8, with a line that names its columns: {named}."
    try:
        headings = [heading.strip().casefold() for heading in next(table, [])]
    except csv.Error as error:
        raise InputError(f"{path}, line 1: {error}.", hint=hint) from error
    missing = [column for column in columns if column not in headings]
    if missing:
        raise InputError(
            f"{path}, line 1: the column {missing[0]!r} is missing; there is {', '.join(headings) or 'nothing'}.",
            hint=hint,
        )
    while True:
        line = table.line_num + 1
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield Broken(line=line, reason=f"{error}; perhaps a quotation mark is not closed")
            continue
        if any(cell.strip() for cell in cells):
            texts = [without_apostrophe(cell) for cell in cells]
            yield Row(file=path, line=line, cells=dict(zip(headings, texts, strict=False)))


def _delimiter(first: str, columns: Sequence[str], dialect: type[csv.Dialect]) -> str:
    """Return what separates the headings of the `first` line: what makes all `columns` of it; else the comma."""
    for delimiter in DELIMITERS:
        try:
            headings = next(csv.reader([first], dialect, delimiter=delimiter), [])
        except csv.Error:
            continue
        if set(columns) <= {heading.strip().casefold() for heading in headings}:
            return delimiter
    return DELIMITERS[0]


def with_apostrophe(text: str) -> str:
    """Return `text` as no spreadsheet takes it for a formula; `without_apostrophe` gives it back."""
    return f"{_APOSTROPHE}{text}" if text.lstrip(_APOSTROPHE).startswith(_FORMULA) else text


def without_apostrophe(text: str) -> str:
    """Return what `with_apostrophe` was given."""
    guarded = text.startswith(_APOSTROPHE) and text.lstrip(_APOSTROPHE).startswith(_FORMULA)
    return text[1:] if guarded else text


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be long while one table is read: the limit is one for the whole process, and is put back."""
    with _LIMIT:
        before = csv.field_size_limit(LONGEST_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)
