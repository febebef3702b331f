import json
import os
from pathlib import Path

from cli.conftest import Postroom
from postroom.cli.parse import parse_file

MAILS = Path(__file__).resolve().parents[1] / "mail"


def test_one_mail_is_one_object(postroom: Postroom) -> None:
    result = postroom("parse", MAILS / "german_reply.eml")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["file"] == str(MAILS / "german_reply.eml")


def test_a_folder_is_one_line_per_file_sorted_by_path(postroom: Postroom, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "2.eml").write_bytes(b"Subject: two\r\n\r\n")
    (folder / "c.eml").write_bytes(b"")
    (folder / "a.eml").write_bytes(b"\xff\xfe\x00 no mail \x80" * 50)
    os.mkfifo(folder / "pipe")
    result = postroom("parse", folder)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [line["file"] for line in lines] == ["a.eml", "b/2.eml", "c.eml"]
    assert lines[1]["subject"] == "two"


def test_every_file_of_the_test_mails_has_the_same_keys(postroom: Postroom) -> None:
    result = postroom("parse", MAILS)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == sum(1 for file in MAILS.rglob("*") if file.is_file())
    assert len({tuple(line) for line in lines}) == 1


def test_a_file_that_cannot_be_read_is_a_defect(tmp_path: Path) -> None:
    assert parse_file(tmp_path / "gone.eml", "gone.eml")["defects"] == ["unreadable"]


def test_a_path_that_is_not_there_is_bad_usage(postroom: Postroom, tmp_path: Path) -> None:
    assert postroom("parse", tmp_path / "nothing").exit_code == 2
