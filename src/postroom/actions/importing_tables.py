"""Labelled texts in tables: CSV with a first line that names the columns, or one JSON object a line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from postroom.errors import InputError
from postroom.learning.table import Broken, headed_rows
from postroom.model.category import LABEL, LONGEST_LABEL

TABLES = frozenset({".csv", ".jsonl", ".ndjson"})
MAX_TEXT_CHARS = 100_000
"""More than any letter; classifiers read far less. Python's csv stops at 131,072 for the same reason."""
LONGEST_LINE = 3_000_000
"""Characters of a line of JSON: a text and a subject, each letter written as an escape of twelve signs."""
_COLUMNS = ("text", "label", "subject", "language")
_MUST = ("text", "label")
_NAMED = "text,label[,subject][,language]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One labelled text of a file: the `row` (its line, or its number among the messages) and when it was written."""

    file: Path
    row: int
    subject: str
    text: str
    label: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What could not be imported, and why."""

    file: Path
    row: int
    reason: str

    @property
    def place(self) -> str:
        """Where it is, as people find it: the line of a table, the message of an mbox file, or the file of a mail."""
        if self.file.suffix.lower() in TABLES:
            return f"{self.file}, line {self.row}"
        single = self.file.suffix.lower() == ".eml" or self.file.parent.name in {"cur", "new"}
        return f"{self.file}, the message" if single else f"{self.file}, message {self.row}"


Line = Found | Refused


def read_table(path: Path) -> Iterator[Line]:
    """Yield the rows of a CSV or JSON-lines file in their order; a bad one is refused, and the next is read.

    Raises:
        InputError: it is no such table at all, or cannot be read.
    """
    try:
        at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
        # A byte that is no UTF-8 spoils its own row only.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = _csv_rows(path, file) if path.suffix.lower() == ".csv" else _json_rows(path, file)
            for row, cells in rows:
                yield cells if isinstance(cells, Refused) else _line(path, row, cells, at)
    except OSError as error:
        raise InputError(
            f"The table {str(path)!r} cannot be read: {error.strerror}.", hint="Check the path."
        ) from error


def _csv_rows(path: Path, file: Iterator[str]) -> Iterator[tuple[int, Mapping[str, str] | Refused]]:
    for row in headed_rows(path, file, _MUST, named=_NAMED):
        if isinstance(row, Broken):
            yield row.line, Refused(file=path, row=row.line, reason=row.reason)
        else:
            yield row.line, row.cells


def _json_rows(path: Path, file: TextIO) -> Iterator[tuple[int, Mapping[str, str] | Refused]]:
    for row, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
        if len(line) == LONGEST_LINE:
            while not line.endswith("\n") and (line := file.readline(LONGEST_LINE)):
                pass
            yield row, Refused(file=path, row=row, reason=f"it is longer than {LONGEST_LINE} characters")
            continue
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            yield row, Refused(file=path, row=row, reason="it is no JSON")
            continue
        if not isinstance(values, dict):
            yield row, Refused(file=path, row=row, reason="it is no JSON object")
            continue
        cells = {name: values[name] for name in _COLUMNS if values.get(name) is not None}
        wrong = [name for name, value in cells.items() if not isinstance(value, str)]
        yield row, Refused(file=path, row=row, reason=f"{wrong[0]} is no text") if wrong else cells


def _line(path: Path, row: int, cells: Mapping[str, str], at: datetime) -> Line:
    subject, text, label, language = (cells.get(name, "").strip() for name in ("subject", "text", "label", "language"))
    return checked(
        Found(file=path, row=row, subject=subject, text=text, label=label, language=language.casefold(), at=at)
    )


def checked(found: Found) -> Line:
    """Return a labelled text as it is, or the reason why it cannot be imported."""
    reason = _fault(found)
    return Refused(file=found.file, row=found.row, reason=reason) if reason else found


def _fault(found: Found) -> str:
    if not found.text:
        return "it has no text"
    if not found.label:
        return "it has no label"
    if not LABEL.fullmatch(found.label):
        return f"its label is no name of a category: at most {LONGEST_LABEL} characters of one line"
    if len(found.text) > MAX_TEXT_CHARS or len(found.subject) > MAX_TEXT_CHARS:
        return f"it is longer than {MAX_TEXT_CHARS} characters"
    if found.language and not (len(found.language) == 2 and found.language.isascii() and found.language.isalpha()):
        return f"{found.language[:20]!r} is no language: a code of two letters is wanted"
    try:
        f"{found.subject}{found.text}{found.label}".encode()
    except UnicodeEncodeError:
        return "it is not in UTF-8"
    return ""
