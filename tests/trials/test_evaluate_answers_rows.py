from pathlib import Path

import pytest

from postroom.errors import InputError
from postroom.trials.evaluate_answers_rows import read_rows


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def test_columns_are_found_by_name_in_any_order_and_case(csv: Path) -> None:
    csv.write_text('\ufeffLabel,note,Text\nen,x," Hello, you "\n\nde,y,"Zwei\nZeilen"\n', encoding="utf-8")
    assert read_rows([csv], ("text", "label")) == [("Hello, you", "en"), ("Zwei\nZeilen", "de")]


def test_files_are_read_one_after_the_other(csv: Path, tmp_path: Path) -> None:
    csv.write_text("text,label\na,en\n", encoding="utf-8")
    second = tmp_path / "second.csv"
    second.write_text("label,text\nde,b\n", encoding="utf-8")
    assert read_rows([csv, second], ("text", "label")) == [("a", "en"), ("b", "de")]


def test_a_field_may_hold_a_whole_article(csv: Path) -> None:
    csv.write_text(f"text,label\n{'a' * 300_000},en\n", encoding="utf-8")
    assert len(read_rows([csv], ("text", "label"))[0][0]) == 300_000


def test_only_columns_that_may_be_empty_may_be_empty(csv: Path) -> None:
    csv.write_text("id,question,answer\n1,Why?,\n", encoding="utf-8")
    assert read_rows([csv], ("id", "question", "answer"), may_be_empty=("answer",)) == [("1", "Why?", "")]
    with pytest.raises(InputError, match=r"rows\.csv, line 2: 'answer' is empty"):
        read_rows([csv], ("id", "question", "answer"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text,id\na,1\n", "line 1: the column 'label' is missing; there is text, id"),
        (b"", "line 1: the column 'text' is missing; there is nothing"),
        (b"text,label\n", "has no rows"),
        (b"text,label\na,en\nb\n", "line 3: 'label' is empty"),
        (b"text,label\n\xff\xfe,en\n", "not UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_what_to_do(csv: Path, content: bytes, message: str) -> None:
    csv.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_rows([csv], ("text", "label"))
    assert "rows.csv" in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_named(csv: Path) -> None:
    with pytest.raises(InputError, match=r"rows\.csv cannot be read"):
        read_rows([csv], ("text",))
