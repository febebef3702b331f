"""Rows of labelled CSV files, read for an evaluation: every problem is told with its file, line and what to do."""

from collections.abc import Sequence
from pathlib import Path

from postroom.learning.table import read_table


def read_rows(
    paths: Sequence[Path], columns: tuple[str, ...], *, may_be_empty: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """Return the values of `columns` in each row of all `paths`, one after the other, stripped; blank rows are skipped.

    Raises:
        InputError: a file cannot be read, lacks a column, has a row without a value there, or has no rows.
    """
    return [
        tuple(row.cells.get(column, "").strip() if column in may_be_empty else row.filled(column) for column in columns)
        for path in paths
        for row in read_table(path, columns)
    ]
