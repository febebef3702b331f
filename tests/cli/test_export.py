"""What was recorded, as a file."""

import csv
import io
import json
from pathlib import Path

from cli.conftest import Postroom


def test_records_are_exported_to_a_file(postroom: Postroom, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    assert postroom("export", "--format", "csv", "--output", file, "--data-dir", demo).exit_code == 0
    lines = postroom("export", "records", "--data-dir", demo).stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["execution_id"] for row in rows] == [json.loads(line)["execution_id"] for line in lines]


def test_executions_are_exported_with_their_events(postroom: Postroom, demo: Path) -> None:
    lines = [json.loads(line) for line in postroom("export", "executions", "--data-dir", demo).stdout.splitlines()]
    assert len(lines) == 30
    assert all(one["events"] for one in lines)


def test_a_file_that_cannot_be_written_is_told_in_words(postroom: Postroom, demo: Path, tmp_path: Path) -> None:
    result = postroom("export", "--output", tmp_path / "nowhere" / "records.ndjson", "--data-dir", demo)
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "Hint: " in result.stderr
    assert postroom("export", "nonsense", "--data-dir", demo).exit_code == 2
