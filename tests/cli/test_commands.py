"""Commands that look at, or change, a store."""

import asyncio
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.conftest import Postroom
from contracts.store_nouns import arrival, at
from postroom.bootstrap import MAILBOX_ID, open_store
from postroom.cli.opening import settings_of
from postroom.model.ledger import Quarantined

MAILS = Path(__file__).resolve().parents[1] / "mail"


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("review", "list"),
        ("logs",),
        ("reconcile",),
        ("check",),
        ("workflow", "list"),
        ("workflow", "show", "customer_support"),
        ("quarantine", "list"),
        ("stop-sending",),
        ("allow-sending",),
        ("pause", "--workflow", "customer_support"),
    ],
)
def test_json_is_one_document_and_nothing_else(postroom: Postroom, demo: Path, arguments: tuple[str, ...]) -> None:
    result = postroom(*arguments, "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    assert isinstance(json.loads(result.stdout), dict | list)
    plain = postroom(*(("resume", *arguments[1:]) if arguments[0] == "pause" else arguments), "--data-dir", demo)
    assert plain.exit_code == 0, plain.stderr
    assert plain.stdout


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


def test_the_log_of_one_node_can_be_read(postroom: Postroom, demo: Path) -> None:
    events = json.loads(postroom("logs", "--node", "ai_classifier", "--json", "--data-dir", demo).stdout)
    assert {event["node_id"] for event in events} == {"ai_classifier"}
    assert len(postroom("logs", "-n", "5", "--data-dir", demo).stdout.splitlines()) == 5
    assert postroom("logs", "--kind", "nonsense", "--data-dir", demo).exit_code == 1
    assert postroom("logs", "--since", "yesterday", "--data-dir", demo).exit_code == 2


def test_sending_is_told_in_words_that_fit_any_number(postroom: Postroom) -> None:
    assert postroom("stop-sending").stdout == "Sending is halted; replies not sent yet: 0.\n"


def test_records_are_exported_to_a_file(postroom: Postroom, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    assert postroom("export", "--format", "csv", "--output", file, "--data-dir", demo).exit_code == 0
    lines = postroom("export", "records", "--data-dir", demo).stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["execution_id"] for row in rows] == [json.loads(line)["execution_id"] for line in lines]


def test_a_workflow_goes_out_as_a_file_and_comes_back(postroom: Postroom, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "support.yaml"
    file.write_text(postroom("workflow", "export", "customer_support", "--data-dir", demo).stdout, encoding="utf-8")
    assert postroom("workflow", "validate", file).exit_code == 0
    again = postroom("workflow", "import", file, "--json", "--data-dir", demo)
    assert json.loads(again.stdout)["version"] == 1
    file.write_text(file.read_text(encoding="utf-8").replace("type: email_sender", "type: pigeon"), encoding="utf-8")
    wrong = postroom("workflow", "validate", file, "--json")
    assert wrong.exit_code == 1
    assert any("pigeon" in problem for problem in json.loads(wrong.stdout))
    assert postroom("workflow", "import", file, "--data-dir", demo).exit_code == 1


def test_one_mail_is_tried_on_the_workflow_that_was_imported(postroom: Postroom, tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    exported = postroom("workflow", "export", "customer_support").stdout
    file.write_text(exported.replace("complex_categories:", "max_words: 1\n    complex_categories:"), encoding="utf-8")
    assert postroom("workflow", "import", file).exit_code == 0
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"From: Ann <ann@example.com>\nSubject: Hello\n\nHello, I forgot my password.\n")
    steps = json.loads(postroom("answer", mail, "--json").stdout)["steps"]
    (router,) = [step for step in steps if step["node_id"] == "priority_router"]
    assert "more than 1" in router["note"]


def test_one_mail_is_answered_without_a_trace_left_behind(postroom: Postroom, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(
        b"From: Ann <ann@example.com>\r\nTo: support@lindenhof.example\r\nSubject: Forgot my password\r\n"
        b"Message-ID: <1@example.com>\r\n\r\nHello, I forgot my password and the reset mail does not arrive.\r\n"
    )
    result = postroom("answer", file, "--json")
    assert result.exit_code == 0, result.stderr
    trace = json.loads(result.stdout)
    assert trace["would_be"] in {"answered", "in_review"}
    assert trace["classification"]["language"]["name"] == "en"
    assert trace["draft"]["text"].startswith("Hello")
    assert {step["node_id"] for step in trace["steps"]} >= {"email_trigger", "ai_classifier", "data_logger"}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["models", "secret.key"]
    assert trace["mode"] == "review"
    bounce = postroom("answer", MAILS / "bounce.eml")
    assert "ignored automatic" in bounce.stdout
    assert "in mode automatic; this mailbox is in mode review, where a person is asked" in bounce.stdout


def test_the_made_up_shop_answers_nothing_for_a_real_mailbox(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "maildir")
    monkeypatch.setenv("POSTROOM_MAILBOX_PATH", str(tmp_path / "maildir"))
    monkeypatch.setenv("POSTROOM_MAILBOX_ADDRESS", "help@shop.example")
    file = tmp_path / "mail.eml"
    file.write_bytes(
        b"From: Ann <ann@example.com>\r\nTo: help@shop.example\r\nSubject: Forgot my password\r\n"
        b"Message-ID: <1@example.com>\r\n\r\nHello, I forgot my password and the reset mail does not arrive.\r\n"
    )
    result = postroom("answer", file, "--json")
    assert result.exit_code == 0, result.stderr
    trace = json.loads(result.stdout)
    assert trace["draft"]["passages"] == []
    assert trace["draft"]["text"].endswith("Kind regards")


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


def test_check_tells_a_wrong_setting(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "reckless")
    result = postroom("check")
    assert result.exit_code == 1
    assert "POSTROOM_MODE" in result.stdout
    assert postroom("status").exit_code == 1


def test_an_unexpected_error_shows_no_traceback(postroom: Postroom, tmp_path: Path) -> None:
    (tmp_path / "data" / "postroom.db").write_text("this is no database, it only has its name" * 50, encoding="utf-8")
    result = postroom("status")
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_version_and_help_need_nothing(postroom: Postroom) -> None:
    assert set(json.loads(postroom("version", "--json").stdout)) == {"postroom", "python"}
    assert "demo" in postroom("--help").stdout
    assert postroom("nonsense").exit_code == 2


def test_what_is_kept_cut_says_so(postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(shelve(tmp_path / "data"))
    listed = postroom("quarantine", "list")
    assert "10, cut" in listed.stdout
    assert "Only its beginning" in postroom("quarantine", "show", "qu_1").stdout
    raw = postroom("quarantine", "show", "qu_1", "--raw")
    assert raw.stdout == "Subject: x"
    assert "Only its beginning" in raw.stderr
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "0")
    assert "See `postroom quarantine list`" in postroom("reconcile").stdout


async def shelve(folder: Path) -> None:
    """Put a mail into quarantine that the mailbox gave cut."""
    raw = replace(arrival(1, mailbox=MAILBOX_ID).raw, content=b"Subject: x")
    entry = Quarantined(
        id="qu_1",
        mailbox_id=MAILBOX_ID,
        uid_validity=raw.uid_validity,
        uid=raw.uid,
        reason="The message is larger than allowed: only its first 10 bytes are kept.",
        size_bytes=10,
        at=at(0),
    )
    async with open_store(settings_of(folder)) as stores:
        await stores.ledger.quarantine(raw, cursor=None, entry=entry)
