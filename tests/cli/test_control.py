"""Wishes for executions and workflows, and the switch of all sending."""

import json
from pathlib import Path

from cli.conftest import Postroom


def test_a_wish_waits_for_the_engine_and_says_so(postroom: Postroom, demo: Path) -> None:
    newest = json.loads(postroom("status", "--json", "--data-dir", demo).stdout)["newest"]
    waiting = next(one["id"] for one in newest if one["status"] == "waiting")
    done = next(one["id"] for one in newest if one["status"] == "succeeded")
    asked = postroom("cancel", waiting, "--json", "--data-dir", demo)
    assert json.loads(asked.stdout)["request"]["wish"] == "cancel"
    for command in ("retry", "resume"):
        assert postroom(command, waiting, "--data-dir", demo).exit_code == 1
    refused = postroom("cancel", done, "--data-dir", demo)
    assert refused.exit_code == 1
    assert "is succeeded" in refused.stderr
    assert postroom("pause", "--data-dir", demo).exit_code == 2


def test_sending_is_told_in_words_that_fit_any_number(postroom: Postroom) -> None:
    assert postroom("stop-sending").stdout == "Sending is halted; replies not sent yet: 0.\n"


def test_sending_stays_halted_until_it_is_allowed_again(postroom: Postroom) -> None:
    for _ in range(2):
        assert json.loads(postroom("stop-sending", "--json").stdout)["halted"] is True
    allowed = postroom("allow-sending")
    assert allowed.stdout.startswith("Sending is allowed;")
    assert "No Postroom runs now" in allowed.stderr


def test_a_workflow_is_paused_and_resumed_as_a_whole(postroom: Postroom, demo: Path) -> None:
    paused = postroom("pause", "--workflow", "customer_support", "--data-dir", demo)
    assert paused.stdout == "Workflow customer_support is paused.\n"
    assert "paused" in postroom("workflow", "list", "--data-dir", demo).stdout
    resumed = postroom("resume", "--workflow", "customer_support", "--data-dir", demo)
    assert resumed.stdout == "Workflow customer_support is not paused any more.\n"
    assert postroom("pause", "--workflow", "nothing", "--data-dir", demo).exit_code == 1


def test_an_execution_and_a_workflow_cannot_be_meant_at_once(postroom: Postroom, demo: Path) -> None:
    for command in ("pause", "resume"):
        both = postroom(command, "ex_1", "--workflow", "customer_support", "--data-dir", demo)
        assert both.exit_code == 2
        assert "either" in both.stderr
    assert postroom("cancel", "ex_nothing", "--data-dir", demo).exit_code == 1
