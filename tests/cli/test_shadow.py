import json
from pathlib import Path

from cli.conftest import Postroom


def test_the_report_of_a_demo_that_observed_nothing_says_so(postroom: Postroom, demo: Path) -> None:
    result = postroom("shadow", "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout.splitlines()[-1])
    assert (report["observed"], report["answered"], report["categories"]) == (0, 0, [])
    assert report["all"]["agreement"] is None
    plain = postroom("shadow", "--data-dir", demo)
    assert "0 e-mails were observed" in plain.stdout


def test_a_mailbox_that_there_is_not_is_an_error(postroom: Postroom) -> None:
    assert postroom("shadow", "--mailbox", "nothing").exit_code == 1
