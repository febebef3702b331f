"""A table is read in one way: headings folded, long cells allowed meanwhile, problems told with their place."""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postroom.errors import InputError
from postroom.learning.table import (
    LONGEST_CELL,
    MOST_ROWS,
    Broken,
    Row,
    Strict,
    headed_rows,
    read_table,
    with_apostrophe,
    without_apostrophe,
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def test_headings_are_folded_and_blank_lines_are_skipped(table: Path) -> None:
    table.write_text('\ufeff Text ,LABEL,Note\n"a,\nb",x,1\n\n , ,\nc,y\n', encoding="utf-8")
    first, second = read_table(table, ("text", "label"))
    assert (first.line, first.cells) == (2, {"text": "a,\nb", "label": "x"})
    assert (second.line, second.cells) == (6, {"text": "c", "label": "y"})


@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_what_separates_the_cells_is_read_off_the_headings(table: Path, mark: str) -> None:
    table.write_text(f'"Text"{mark}label\n"a{mark} b, c; d"{mark}x\n', encoding="utf-8")
    (row,) = read_table(table, ("text", "label"))
    assert row.cells == {"text": f"a{mark} b, c; d", "label": "x"}


def test_marks_within_the_cells_change_nothing(table: Path) -> None:
    table.write_text("text,label;note\na;b;c,x\n", encoding="utf-8")
    assert read_table(table, ("text",))[0].cells == {"text": "a;b;c"}
    table.write_text("text\na;b\n", encoding="utf-8")
    assert read_table(table, ("text",))[0].cells == {"text": "a;b"}


def test_long_cells_are_read_and_the_limit_of_the_process_stays(table: Path) -> None:
    table.write_text(f"text\n{'a' * 300_000}\n", encoding="utf-8")
    before = csv.field_size_limit()
    assert len(read_table(table, ("text",))[0].filled("text")) == 300_000
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda _: read_table(table, ("text",)), range(12)))) == 12
    assert csv.field_size_limit() == before < LONGEST_CELL
    table.write_text("label\nx\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_table(table, ("text",))
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text,id\na,1\n", "line 1: the column 'label' is missing; there is text, id"),
        (b"", "line 1: the column 'text' is missing; there is nothing"),
        (b"text,label\n", "has no rows"),
        (b"text,label\n\xff,en\n", "is not UTF-8"),
        (b'text,label\na,b\n"c"d,e\n', "line 3: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(table: Path, content: bytes, said: str) -> None:
    table.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_table(table, ("text", "label"), dialect=Strict)
    assert "rows.csv" in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint


def test_a_table_of_more_rows_than_are_kept_in_memory_is_refused(table: Path) -> None:
    table.write_text("text\n" + "a\n" * MOST_ROWS, encoding="utf-8")
    assert len(read_table(table, ("text",))) == MOST_ROWS
    with table.open("a", encoding="utf-8") as file:
        file.write("a\n")
    with pytest.raises(InputError, match="more than 100,000 rows") as caught:
        read_table(table, ("text",))
    assert caught.value.hint


def test_only_the_columns_that_were_asked_for_are_kept(table: Path) -> None:
    table.write_text("text,note,subject,more\na,b,c,d\n", encoding="utf-8")
    assert read_table(table, ("text",), optional=("subject", "label"))[0].cells == {"text": "a", "subject": "c"}


def test_a_missing_file_is_named(table: Path) -> None:
    with pytest.raises(InputError, match=r"rows\.csv cannot be read"):
        read_table(table, ("text",))


def test_after_a_broken_row_the_next_is_read() -> None:
    lines: Iterator[str] = io.StringIO('text\n"a"b\nc\n', newline="")
    broken, row = headed_rows(Path("t.csv"), lines, ("text",), named="text", dialect=Strict)
    assert isinstance(broken, Broken)
    assert broken.line == 2
    assert isinstance(row, Row)
    assert row.cells == {"text": "c"}


def test_a_cell_that_must_be_there_is_asked_for_with_its_line() -> None:
    row = Row(file=Path("t.csv"), line=7, cells={"text": " "})
    assert row.there("text") == ""
    with pytest.raises(InputError, match=r"t\.csv, line 7: 'text' is empty"):
        row.filled("text")
    with pytest.raises(InputError, match="'label' is missing"):
        row.there("label")


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''@x", "'tis so", "", "'", "-5 %", "\tTab", "plain"])
def test_what_no_spreadsheet_takes_for_a_formula_comes_back_as_it_was(text: str) -> None:
    guarded = with_apostrophe(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert without_apostrophe(guarded) == text
