"""Tables of labelled texts: every row is a text or a reason."""

import json
from pathlib import Path

import pytest

from postroom.actions.importing_tables import LONGEST_LINE, MAX_TEXT_CHARS, Found, Refused, read_table
from postroom.errors import InputError


def told(path: Path) -> list[tuple[int, str]]:
    """Return the rows with their label, or the reason why they were refused."""
    return [(one.row, one.label if isinstance(one, Found) else one.reason) for one in read_table(path)]


def test_rows_come_with_subject_and_language_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text('\ufeffText, label,ignored,subject,language\n"a, b\nc", claims,x,Hi,DE\nplain,billing,,,\n')
    first, second = read_table(path)
    assert isinstance(first, Found)
    assert (first.text, first.label, first.subject, first.language) == ("a, b\nc", "claims", "Hi", "de")
    assert isinstance(second, Found)
    assert (second.row, second.subject, second.language) == (4, "", "")
    assert list(read_table(path)) == [first, second]


def test_each_bad_row_is_told_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(
        b"text,label,language\ngood,claims,en\n,claims,en\nno label,,\nbad\xff,claims,\n\n"
        b"last,billing,english\nend,x,\n"
    )
    assert told(path) == [
        (2, "claims"),
        (3, "it has no text"),
        (4, "it has no label"),
        (5, "it is not in UTF-8"),
        (7, "'english' is no language: a code of two letters is wanted"),
        (8, "x"),
    ]


def test_a_text_beyond_the_limit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(f"text,label\n{'x' * (MAX_TEXT_CHARS + 1)},a\n{'x' * 200_000},b\nshort,c\n")
    assert [row for row, _ in told(path)] == [2, 3, 4]
    assert told(path)[-1] == (4, "c")


def test_json_lines_are_read_and_bad_ones_told(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    lines = [json.dumps({"text": "Öl", "label": "claims", "language": "de", "other": 1}), "", "{", "[1]"]
    lines += [json.dumps({"text": 3, "label": "x"}), json.dumps({"text": "t"}), "[" * 100_000]
    path.write_text("\n".join(lines))
    assert told(path) == [
        (1, "claims"),
        (3, "it is no JSON"),
        (4, "it is no JSON object"),
        (5, "text is no text"),
        (6, "it has no label"),
        (7, "it is no JSON"),
    ]


def test_a_line_of_json_beyond_all_bounds_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    good = json.dumps({"text": "t", "label": "x"})
    path.write_text(f'{{"text": "{"x" * 2 * LONGEST_LINE}"}}\n{good}\n{"[" * (LONGEST_LINE + 5)}')
    longer = f"it is longer than {LONGEST_LINE} characters"
    assert told(path) == [(1, longer), (2, "x"), (3, longer)]


@pytest.mark.parametrize("label", ["L" * 101, "a\x00b", "a\nb", "a\x7f"])
def test_a_label_that_is_no_name_of_a_category_is_refused(tmp_path: Path, label: str) -> None:
    path = tmp_path / "old.jsonl"
    path.write_text("\n".join(json.dumps({"text": "t", "label": one}) for one in (label, "L" * 100)))
    assert told(path) == [
        (1, "its label is no name of a category: at most 100 characters of one line"),
        (2, "L" * 100),
    ]


def test_half_a_surrogate_in_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.ndjson"
    path.write_text('{"text": "a \\ud800", "label": "x"}\n')
    (line,) = read_table(path)
    assert isinstance(line, Refused)


@pytest.mark.parametrize("content", ["", "label\nx\n", "a,b\n1,2\n"])
def test_a_table_without_the_columns_is_refused_as_a_whole(tmp_path: Path, content: str) -> None:
    path = tmp_path / "old.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="text") as caught:
        list(read_table(path))
    assert "text,label" in caught.value.hint
