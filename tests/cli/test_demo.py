import json
from pathlib import Path

from typer.testing import Result

from cli.conftest import Postroom

KEYS = (
    *("received", "answered", "in_review", "ignored_automatic", "failed", "uncertain", "quarantined", "cancelled"),
    *("urgent", "answerable", "answered_wrong", "machines_answered", "lost", "duplicated"),
    *("seconds", "emails_per_second", "first_reply_seconds"),
)


def test_a_demo_prints_one_object_with_exactly_these_keys(played: tuple[Path, Result]) -> None:
    _, result = played
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert tuple(report) == KEYS
    assert report["received"] == 30 == sum(report[key] for key in KEYS[1:8])
    assert (report["lost"], report["duplicated"], report["machines_answered"]) == (0, 0, 0)
    assert report["answered"] > 0
    assert set(report["first_reply_seconds"]) == {"p50", "p95"}


def test_the_replies_lie_in_the_outbox_folder(played: tuple[Path, Result]) -> None:
    folder, result = played
    assert len(list((folder / "outbox").glob("*.eml"))) == json.loads(result.stdout)["answered"]


def test_a_folder_that_holds_something_else_is_left_alone(postroom: Postroom, tmp_path: Path) -> None:
    precious = tmp_path / "work" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("ten years", encoding="utf-8")
    result = postroom("demo", "--emails", "1", "--exit", "--data-dir", precious.parent)
    assert result.exit_code == 1
    assert "not a demo" in result.stderr
    assert precious.read_text(encoding="utf-8") == "ten years"


def test_tables_are_for_people_and_the_next_demo_empties_the_folder(postroom: Postroom, demo: Path) -> None:
    result = postroom("demo", "--emails", "3", "--seed", "1004", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    assert "What became of each mail" in result.stdout
    assert "answered wrong" in result.stdout
    counts = json.loads(postroom("status", "--json", "--data-dir", demo).stdout)["executions"]
    assert sum(counts.values()) == 3
