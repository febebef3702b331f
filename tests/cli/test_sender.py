import json
from pathlib import Path

import pytest

from cli.conftest import Postroom


def test_a_sender_is_added_shown_changed_and_removed(postroom: Postroom, tmp_path: Path) -> None:
    added = postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={tmp_path / 'out'}", "--json")
    assert added.exit_code == 0, added.stderr
    assert json.loads(added.stdout)["name"] == "out"
    assert "outbox_folder" in postroom("sender", "list").stdout
    changed = postroom("sender", "change", "out", "--set", "timeout_seconds=5", "--json")
    assert json.loads(changed.stdout)["values"] == {"path": str(tmp_path / "out"), "timeout_seconds": 5.0}
    back = postroom("sender", "change", "out", "--unset", "timeout_seconds", "--json")
    assert json.loads(back.stdout)["values"] == {"path": str(tmp_path / "out")}
    assert "path: " in postroom("sender", "show", "out").stdout
    assert postroom("sender", "remove", "out", "--yes").exit_code == 0
    assert json.loads(postroom("sender", "list", "--json").stdout) == []
    assert postroom("sender", "show", "out").exit_code == 1


def test_a_test_message_is_sent_only_when_an_address_is_given(postroom: Postroom, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={folder}")
    tried = postroom("sender", "test", "out", "--from", "help@shop.example")
    assert tried.exit_code == 0, tried.stderr
    assert list(folder.glob("*.eml")) == []
    sent = postroom("sender", "test", "out", "--from", "help@shop.example", "--to", "ann@example.org")
    assert sent.exit_code == 0, sent.stderr
    (file,) = folder.glob("*.eml")
    assert b"To: ann@example.org" in file.read_bytes()


def test_a_sender_of_no_kind_or_with_nothing_to_change_is_refused(postroom: Postroom) -> None:
    assert "--kind: " in postroom("sender", "add", "out").stderr
    assert "no plug-in" in postroom("sender", "add", "out", "--kind", "pigeon").stderr
    assert "nothing to change" in postroom("sender", "change", "out").stderr


def test_oauth_is_changed_to_a_password_and_back(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "hush")
    oauth = ("--set", "oauth.token_url=https://x.example/token", "--set", "oauth.client_id=us")
    consent = (*oauth, "--secret-env", "oauth.refresh_token=WORD")
    who = ("--set", "host=smtp.x.example", "--set", "username=ann")
    assert postroom("sender", "add", "out", "--kind", "smtp", *who, *consent, "--no-test").exit_code == 0
    change = ("sender", "change", "out", "--no-test", "--json")
    word = postroom(*change, "--unset", "oauth", "--password-env", "WORD")
    assert word.exit_code == 0, word.stderr
    assert json.loads(word.stdout)["secrets"] == ["password"]
    assert "oauth" not in json.loads(word.stdout)["values"]
    back = postroom(*change, "--unset", "password", *consent)
    assert json.loads(back.stdout)["secrets"] == ["oauth.refresh_token"]


def test_a_name_that_is_taken_is_told_before_anything_is_tried(postroom: Postroom, tmp_path: Path) -> None:
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={tmp_path / 'out'}")
    again = postroom("sender", "add", "out", "--kind", "smtp", "--set", "host=nowhere.invalid")
    assert again.exit_code == 1
    assert "There is a sender 'out' already." in again.stderr
    assert "postroom sender change out" in again.stderr


def test_a_trial_that_fails_does_not_promise_another_one(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "hush")
    refused = postroom(
        "mailbox", "add", "support", "--kind", "imap", "--address", "help@shop.example", "--set", "host=127.0.0.1",
        "--set", "port=1", "--set", "security=none", "--password-env", "WORD",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "check host and port" in refused.stderr
    assert "tried again" not in refused.stderr
