"""Workflows as files, checked and kept in versions."""

import asyncio
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.model.audit import AuditFilter


def test_a_workflow_goes_out_as_a_file_and_comes_back(postroom: Postroom, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "support.yaml"
    file.write_text(postroom("workflow", "export", "customer_support", "--data-dir", demo).stdout, encoding="utf-8")
    assert postroom("workflow", "validate", file).exit_code == 0
    again = postroom("workflow", "import", file, "--json", "--data-dir", demo)
    assert json.loads(again.stdout)["version"] == 1
    file.write_text(file.read_text(encoding="utf-8").replace("type: email_sender", "type: pigeon"), encoding="utf-8")
    wrong = postroom("workflow", "validate", file, "--json")
    assert wrong.exit_code == 1
    assert any("pigeon" in problem for problem in json.loads(wrong.stdout))
    assert postroom("workflow", "import", file, "--data-dir", demo).exit_code == 1


@pytest.fixture
def file(postroom: Postroom, tmp_path: Path) -> Path:
    """The shipped template as a file."""
    path = tmp_path / "support.yaml"
    assert postroom("workflow", "export", "customer_support", "--output", path).exit_code == 0
    return path


def test_what_is_imported_is_in_use_and_older_versions_can_still_be_seen(postroom: Postroom, file: Path) -> None:
    assert "as version 1." in postroom("workflow", "import", file).stdout
    file.write_text(file.read_text(encoding="utf-8").replace("title: ", "title: New ", 1), encoding="utf-8")
    again = postroom("workflow", "import", file)
    assert "as version 2." in again.stdout
    assert "POSTROOM_WORKFLOW=customer_support" in again.stderr
    assert "customer_support v2: New " in postroom("workflow", "show", "customer_support").stdout
    assert "customer_support v1: " in postroom("workflow", "show", "customer_support", "--version", "1").stdout
    (listed,) = json.loads(postroom("workflow", "list", "--json").stdout)
    assert listed["version"] == 2


def test_a_version_or_workflow_that_there_is_not_is_told(postroom: Postroom, file: Path) -> None:
    postroom("workflow", "import", file)
    for arguments in (("customer_support", "--version", "9"), ("nothing",)):
        refused = postroom("workflow", "show", *arguments)
        assert refused.exit_code == 1
        assert "Error: " in refused.stderr
    assert postroom("workflow", "show", "customer_support", "--version", "0").exit_code == 2


def test_a_file_that_is_no_text_is_told_with_what_to_do(postroom: Postroom, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(b"title: \xff\xfe")
    for command in ("validate", "import"):
        refused = postroom("workflow", command, path)
        assert refused.exit_code == 1
        assert "Hint: Save it as UTF-8." in refused.stderr


def test_a_file_that_cannot_be_written_is_told_in_words(postroom: Postroom, tmp_path: Path) -> None:
    refused = postroom("workflow", "export", "customer_support", "--output", tmp_path / "nowhere" / "w.yaml")
    assert refused.exit_code == 1
    assert "Hint: " in refused.stderr


def test_versions_are_listed_published_and_rolled_back(postroom: Postroom, file: Path) -> None:
    for title in ("", "New ", "Newest "):
        file.write_text(file.read_text(encoding="utf-8").replace("title: ", f"title: {title}", 1), encoding="utf-8")
        assert postroom("workflow", "import", file).exit_code == 0

    def in_use() -> list[tuple[object, object]]:
        found = json.loads(postroom("workflow", "versions", "customer_support", "--json").stdout)
        return [(one["version"], one["published"]) for one in found]

    assert in_use() == [(3, True), (2, False), (1, False)]
    back = postroom("workflow", "rollback", "customer_support", "--by", "ann")
    assert back.stdout == "Version 2 of the workflow customer_support is in use again.\n"
    assert in_use() == [(3, False), (2, True), (1, False)]
    assert "in use" in postroom("workflow", "versions", "customer_support").stdout
    assert "Version 1" in postroom("workflow", "rollback", "customer_support", "--version", "1").stdout
    first = postroom("workflow", "rollback", "customer_support")
    assert (first.exit_code, "is the first one" in first.stderr) == (1, True)
    assert postroom("workflow", "publish", "customer_support", "3", "--by", "ann").exit_code == 0
    assert in_use() == [(3, True), (2, False), (1, False)]
    newer = postroom("workflow", "rollback", "customer_support", "--version", "3")
    assert (newer.exit_code, "is not older" in newer.stderr) == (1, True)
    assert asyncio.run(noted()) == [
        ("ann", "publish_workflow", "customer_support/3"),
        ("ann", "roll_back_workflow", "customer_support"),
    ]


async def noted() -> list[tuple[str, str, str]]:
    """Return what the audit log says of Ann, newest first."""
    async with open_store(settings_of()) as stores:
        found = (await stores.audit.list(AuditFilter(by="ann"), limit=9)).rows
    return [(entry.by, entry.act, entry.subject) for entry in found]


def test_what_is_not_there_is_neither_published_nor_listed(postroom: Postroom, file: Path) -> None:
    assert postroom("workflow", "import", file).exit_code == 0
    for arguments in (("publish", "customer_support", "9"), ("versions", "nothing"), ("rollback", "nothing")):
        assert postroom("workflow", *arguments).exit_code == 1
