import json

import pytest

from cli.conftest import Postroom

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


def test_an_empty_variable_is_told(postroom: Postroom) -> None:
    refused = postroom("notifier", "add", "boss", "--kind", "slack", "--secret-env", "url=NOWHERE")
    assert refused.exit_code == 1
    assert "'NOWHERE' is empty" in refused.stderr


def test_a_notifier_is_really_told(postroom: Postroom) -> None:
    assert postroom("notifier", "add", "book", "--kind", "log").exit_code == 0
    told = postroom("notifier", "test", "book")
    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith("Told: ")
    assert postroom("notifier", "test", "nobody").exit_code == 1
