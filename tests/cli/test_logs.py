"""The events of executions, and what one can ask for."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.conftest import Postroom


def test_the_log_of_one_node_can_be_read(postroom: Postroom, demo: Path) -> None:
    events = json.loads(postroom("logs", "--node", "ai_classifier", "--json", "--data-dir", demo).stdout)
    assert {event["node_id"] for event in events} == {"ai_classifier"}
    assert len(postroom("logs", "-n", "5", "--data-dir", demo).stdout.splitlines()) == 5
    assert postroom("logs", "--kind", "nonsense", "--data-dir", demo).exit_code == 1
    assert postroom("logs", "--since", "yesterday", "--data-dir", demo).exit_code == 2


def test_a_time_and_an_age_may_be_asked_for(postroom: Postroom, demo: Path) -> None:
    for since in ("90m", "24h", "30d", "2000-01-01", "2000-01-01T10:00:00+02:00"):
        assert json.loads(postroom("logs", "--since", since, "--json", "--data-dir", demo).stdout), since


def test_what_is_still_to_come_has_not_happened(postroom: Postroom, demo: Path) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert json.loads(postroom("logs", "--since", tomorrow, "--json", "--data-dir", demo).stdout) == []


@pytest.mark.parametrize("since", ["", "d", "-1d", "1w", "yesterday", "9999999999999d", "99999999d"])
def test_what_is_no_time_is_wrong_usage(postroom: Postroom, since: str) -> None:
    result = postroom("logs", f"--since={since}")
    assert result.exit_code == 2
    assert "--since" in result.stderr


def test_a_kind_or_level_that_there_is_not_is_told_with_those_that_there_are(postroom: Postroom, demo: Path) -> None:
    assert "node_failed" in postroom("logs", "--kind", "nonsense", "--data-dir", demo).stderr
    assert "warning" in postroom("logs", "--level", "loud", "--data-dir", demo).stderr


def test_the_events_of_one_execution_are_found_by_the_beginning_of_its_id(postroom: Postroom, demo: Path) -> None:
    every = json.loads(postroom("logs", "--json", "--data-dir", demo).stdout)
    wanted = every[-1]["execution_id"]
    found = json.loads(postroom("logs", "--execution", wanted[:16], "--json", "--data-dir", demo).stdout)
    assert {one["execution_id"] for one in found} == {wanted}
    assert postroom("logs", "--execution", "ex_nothing", "--data-dir", demo).exit_code == 1
