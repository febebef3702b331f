"""One mail through the whole workflow, with nothing left behind."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom

MAILS = Path(__file__).resolve().parents[1] / "mail"


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


def test_a_mail_is_tried_for_the_mailbox_that_is_named(postroom: Postroom, tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "help" / part).mkdir(parents=True)
    added = postroom(
        *("mailbox", "add", "help", "--kind", "maildir", "--address", "help@shop.example"),
        *("--set", f"path={tmp_path / 'help'}", "--mode", "observe"),
    )
    assert added.exit_code == 0, added.stderr
    mail = MAILS / "bounce.eml"
    found = [json.loads(postroom("answer", mail, "--json", *name).stdout) for name in ((), ("--mailbox", "help"))]
    assert [one["mode"] for one in found] == ["observe", "observe"]
    assert {one["would_be"] for one in found} == {"ignored_automatic"}
    assert list((tmp_path / "help").rglob("*.*")) == []
    refused = postroom("answer", mail, "--mailbox", "sales")
    assert refused.exit_code == 1
    assert "'sales'" in refused.stderr


def test_a_mail_that_is_too_large_would_go_to_quarantine(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAX_MESSAGE_BYTES", "2000")
    file = tmp_path / "mail.eml"
    file.write_bytes(b"From: ann@example.com\r\nSubject: x\r\n\r\n" + b"word " * 1000)
    result = postroom("answer", file)
    assert result.exit_code == 1
    assert "quarantine" in result.stderr
    assert "2000 bytes" in result.stderr
