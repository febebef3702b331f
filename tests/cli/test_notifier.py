import json

import pytest
from typer.testing import CliRunner

from cli.conftest import Postroom
from postroom.cli import app

ADDRESS = "https://hooks.shop.example/services/hush"


def test_a_secret_comes_from_the_environment_and_is_never_shown(
    postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_ADDRESS", ADDRESS)
    added = postroom("notifier", "add", "boss", "--kind", "slack", "--secret-env", "url=SLACK_ADDRESS", "--no-test")
    assert added.exit_code == 0, added.stderr
    assert "(secret, kept sealed)" in postroom("notifier", "show", "boss").stdout
    shown = json.loads(postroom("notifier", "show", "boss", "--json").stdout)
    assert (shown["values"], shown["secrets"]) == ({}, ["url"])
    assert "hush" not in postroom("notifier", "list", "--json").stdout


def test_a_secret_in_an_option_is_refused(postroom: Postroom) -> None:
    refused = postroom("notifier", "add", "boss", "--kind", "slack", "--set", f"url={ADDRESS}")
    assert refused.exit_code == 1
    assert "--secret-env" in refused.stderr
    assert "hush" not in refused.stderr


def test_a_variable_that_is_not_set_is_told(postroom: Postroom) -> None:
    refused = postroom("notifier", "add", "boss", "--kind", "slack", "--secret-env", "url=NOWHERE")
    assert refused.exit_code == 1
    assert "'NOWHERE' is not set" in refused.stderr


def test_a_notifier_is_really_told(postroom: Postroom) -> None:
    added = postroom("notifier", "add", "book", "--kind", "log")
    assert added.exit_code == 0, added.stderr
    assert "; a trial message was sent" in added.stderr
    told = postroom("notifier", "test", "book")
    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith("Told: ")
    assert postroom("notifier", "test", "nobody").exit_code == 1


def test_a_notifier_by_e_mail_is_added_step_by_step_and_wrong_addresses_are_corrected(postroom: Postroom) -> None:
    typed = "ann\nhelp@shop.example\n\ncorrect\nann@x.example, bob@x.example\n\n\n"
    added = CliRunner().invoke(app, ["notifier", "add", "team", "--ask", "--kind", "email", "--no-test"], input=typed)
    assert added.exit_code == 0, added.output
    shown = json.loads(postroom("notifier", "show", "team", "--json").stdout)
    assert shown["values"]["to"] == ["ann@x.example", "bob@x.example"]
    first = CliRunner().invoke(app, ["notifier", "add", "crew", "--ask"], input="email\nann\nhelp@x.example\n\nquit\n")
    assert first.exit_code == 1
    assert "Nothing was stored" in first.stderr


def test_the_addresses_of_a_notifier_are_written_with_commas(postroom: Postroom) -> None:
    to = ("--set", "to=ann@x.example,bob@x.example", "--set", "from_address=help@x.example")
    added = postroom("notifier", "add", "team", "--kind", "email", *to, "--no-test", "--json")
    assert added.exit_code == 0, added.stderr
    assert json.loads(added.stdout)["values"]["to"] == ["ann@x.example", "bob@x.example"]


def test_a_missing_secret_is_told_with_its_option(postroom: Postroom) -> None:
    refused = postroom("notifier", "add", "hook", "--kind", "webhook", "--set", "url=https://x.example")
    assert "--secret-env secret=NAME" in refused.stderr
