"""Everything that is configured, really tried."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom


def test_check_tells_everything_that_is_broken(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("POSTROOM_OUTBOX_DIR", str(blocked / "outbox"))
    monkeypatch.setenv("POSTROOM_STORE_URL", f"sqlite:///{blocked}")
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "maildir")
    monkeypatch.setenv("POSTROOM_MAILBOX_PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("POSTROOM_MAILBOX_ADDRESS", "help@shop.example")
    monkeypatch.setenv("POSTROOM_WORKFLOW_FILE", str(tmp_path / "none.yaml"))
    result = postroom("check", "--json")
    assert result.exit_code == 1
    found = {one["name"]: one for one in json.loads(result.stdout)}
    broken = {name for name, one in found.items() if not one["ok"]}
    assert broken == {"store", "model", "mailbox main", "sender outbox_folder", "workflow", "running processes"}
    assert all(found[name]["text"] and found[name]["hint"] for name in broken)


def test_check_tries_what_is_used_and_tells_what_is_wrong_with_it(
    postroom: Postroom, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_EMBEDDER", "none")
    monkeypatch.setenv("POSTROOM_LANGUAGE_MODEL", "tiny")
    monkeypatch.setenv("POSTROOM_LANGUAGE_MODEL_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("POSTROOM_LANGUAGE_MODEL_USE", "unsure")
    found = {one["name"]: one for one in json.loads(postroom("check", "--json", "--data-dir", demo).stdout)}
    assert "came with the installation" in found["model"]["text"]
    assert (found["embedder"]["ok"], found["embedder"]["text"]) == (True, "None is wanted: words alone decide")
    assert not found["language model"]["ok"]
    assert "cannot be reached" in found["language model"]["text"]
    monkeypatch.setenv("POSTROOM_EMBEDDER", "auto")
    monkeypatch.delenv("POSTROOM_LANGUAGE_MODEL_USE")
    found = {one["name"]: one for one in json.loads(postroom("check", "--json", "--data-dir", demo).stdout)}
    assert "numbers a text" in found["embedder"]["text"]
    assert found["language model"]["text"] == "None is asked"
