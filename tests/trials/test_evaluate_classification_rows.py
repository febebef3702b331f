"""Labelled rows are read as they are, and what is wrong is told with its file and line."""

from pathlib import Path

import pytest

from postroom.errors import InputError
from postroom.trials.evaluate_classification_rows import EvaluationRow, read_labelled


def written(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_rows_of_several_files_follow_each_other(tmp_path: Path) -> None:
    first = written(tmp_path, "text,label\nwhere is it?,delivery\n,other\n", "first.csv")
    second = written(tmp_path, '\ufeffid,Label,TEXT\n1,refund,"money,\nback"\n\n', "second.csv")
    assert read_labelled([first, second]) == (
        EvaluationRow(text="where is it?", label="delivery", file=0),
        EvaluationRow(text="", label="other", file=0),
        EvaluationRow(text="money,\nback", label="refund", file=1),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,category\na,b\n", "line 1: the column 'label' is missing; there is text, category"),
        ("", "line 1: the column 'text' is missing; there is nothing"),
        ("text,label\n", "has no rows"),
        ("text,label\na,b\nc,\n", "line 3: 'label' is empty"),
        ("text,label\na\n", "line 2: 'label' is empty"),
        ("label,text\na\n", "line 2: 'text' is missing"),
        (b"text,label\n\xff\xfe,b\n", "is not UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_labelled([written(tmp_path, content)])
    assert "rows.csv" in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_labelled([tmp_path / "nowhere.csv"])
