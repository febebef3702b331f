"""Whether everything works, in words and by the exit code."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom


def test_check_tells_a_wrong_setting(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "reckless")
    result = postroom("check")
    assert result.exit_code == 1
    assert "POSTROOM_MODE" in result.stdout
    assert postroom("status").exit_code == 1


def test_what_works_and_what_does_not_is_told_line_by_line_with_what_to_do(
    postroom: Postroom, demo: Path, tmp_path: Path
) -> None:
    assert "ok    store: " in postroom("check", "--data-dir", demo).stdout
    (tmp_path / "data" / "postroom.db").write_text("this is no database, it only has its name" * 50, encoding="utf-8")
    result = postroom("check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    (broken,) = [number for number, line in enumerate(lines) if line.startswith("FAILS store: ")]
    assert lines[broken + 1].startswith("      ")


def test_programs_are_told_of_a_wrong_setting_in_the_same_form(
    postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_API_PORT", "many")
    (one,) = json.loads(postroom("check", "--json").stdout)
    assert (one["name"], one["ok"]) == ("settings", False)
    assert "POSTROOM_API_PORT" in one["text"]
