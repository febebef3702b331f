import json
from pathlib import Path

from cli.conftest import Postroom


def test_the_report_of_a_demo_that_observed_nothing_says_so(postroom: Postroom, demo: Path) -> None:
    result = postroom("shadow", "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout.splitlines()[-1])
    assert (report["observed"], report["all"]["drafts"], report["categories"]) == (0, 0, [])
    assert report["all"]["agreement"] is None
    plain = postroom("shadow", "--data-dir", demo)
    assert "0 e-mails were observed" in plain.stdout
    assert "postroom mailbox change NAME --mode observe" in plain.stdout
    assert postroom("shadow", "--mailbox", "main", "--data-dir", demo).exit_code == 0


def test_a_mailbox_that_there_is_not_is_an_error(postroom: Postroom) -> None:
    assert postroom("shadow", "--mailbox", "nothing").exit_code == 1


def test_a_stretch_of_time_is_in_utc_and_not_endless(postroom: Postroom) -> None:
    asked = postroom("shadow", "--since", "2026-01-05", "--until", "2026-01-06T12:00:00", "--json")
    report = json.loads(asked.stdout)
    assert (report["since"], report["until"]) == ("2026-01-05T00:00:00Z", "2026-01-06T12:00:00Z")
    assert postroom("shadow", "--since", "2020-01-01", "--until", "2026-01-01").exit_code == 1
    assert postroom("shadow", "--since", "yesterday").exit_code == 2
