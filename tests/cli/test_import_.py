"""Importing labelled history, as somebody types it."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from postroom.cli.import_ import SHOWN_REFUSED


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "old.csv"
    path.write_text("text,label\nWhere is my parcel?,delivery\nWhere is my parcel?,delivery\nMy card?,payment\n")
    return path


def test_a_dry_run_stores_nothing_and_each_text_is_taken_once(postroom: Postroom, table: Path) -> None:
    dry = postroom("import", table, "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert "nothing is stored in a dry run" in dry.stdout
    assert "delivery" in dry.stdout
    for new in (2, 0):
        found = json.loads(postroom("import", table, "--json").stdout)
        assert (found["read"], found["repeated"], found["new"], found["refused"]) == (3, 1, new, [])


def test_rows_that_cannot_be_taken_are_told_one_by_one_and_all_others_are_taken(
    postroom: Postroom, tmp_path: Path
) -> None:
    path = tmp_path / "old.csv"
    path.write_text("text,label\nWhere is my parcel?,delivery\n" + "Where is it?,\n" * 25)
    result = postroom("import", path)
    assert result.exit_code == 1
    assert result.stderr.count("old.csv, ") == SHOWN_REFUSED
    assert f"{25 - SHOWN_REFUSED} more " in result.stderr
    told = postroom("import", path, "--json")
    assert told.exit_code == 1
    assert (json.loads(told.stdout)["new"], json.loads(told.stdout)["refused_rows"]) == (0, 25)


def test_mail_of_a_folder_gets_the_label_that_is_named(postroom: Postroom, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    (folder / "cur" / "1").write_bytes(b"From: ann@example.com\nSubject: Parcel\n\nWhere is my parcel?\n")
    result = postroom("import", folder, "--label", "delivery", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["labels"] == {"delivery": 1}


def test_what_is_not_there_is_wrong_usage(postroom: Postroom, tmp_path: Path) -> None:
    assert postroom("import", tmp_path / "nothing.csv").exit_code == 2
