"""The mailbox against the ledger."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom


def test_the_demo_reconciles_with_its_mailbox(postroom: Postroom, demo: Path) -> None:
    found = json.loads(postroom("reconcile", "--json", "--data-dir", demo).stdout)
    assert (found["in_mailbox"], found["in_ledger"], found["missing"]) == (30, 30, [])
    assert sum(found["states"].values()) == 30


def test_a_mail_that_was_never_received_is_missing(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "3")
    result = postroom("reconcile", "--json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["missing"]) == 3


def test_what_is_missing_is_listed_for_people_with_what_to_do(
    postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "25")
    result = postroom("reconcile")
    assert result.stdout.count("Missing: uid ") == 20
    assert "… and 5 more" in result.stdout
    assert "Hint: `postroom serve`" in result.stderr


def test_of_several_mailboxes_one_must_be_named(postroom: Postroom, tmp_path: Path) -> None:
    for name in ("help", "sales"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / name / part).mkdir(parents=True)
        added = postroom(
            *("mailbox", "add", name, "--kind", "maildir", "--address", f"{name}@shop.example"),
            *("--set", f"path={tmp_path / name}"),
        )
        assert added.exit_code == 0, added.stderr
    refused = postroom("reconcile")
    assert refused.exit_code == 1
    assert "--mailbox: help, sales." in refused.stderr
    assert "There is no mailbox 'post'" in postroom("reconcile", "--mailbox", "post").stderr
    named = postroom("reconcile", "--mailbox", "sales", "--json")
    assert json.loads(named.stdout)["in_mailbox"] == 0
