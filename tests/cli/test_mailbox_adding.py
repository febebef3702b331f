"""Adding a mailbox step by step; `--ask` asks where there is no terminal, as here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.conftest import Postroom
from postroom.cli import app


def answering(*answers: str | Path) -> Result:
    """Run the guided adding and type these answers."""
    typed = "".join(f"{answer}\n" for answer in answers)
    return CliRunner().invoke(app, ["mailbox", "add", "support", "--ask"], input=typed)


@pytest.fixture
def loft(tmp_path: Path) -> Path:
    """An empty Maildir."""
    folder = tmp_path / "loft"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def mailboxes(postroom: Postroom) -> list[dict[str, dict[str, object]]]:
    found: list[dict[str, dict[str, object]]] = json.loads(postroom("mailbox", "list", "--json").stdout)
    return found


def test_it_asks_for_what_it_needs_and_tries_it(postroom: Postroom, loft: Path) -> None:
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={loft}", "--no-test")
    result = answering("help@shop.example", "The shop", "maildir", loft, "out")
    assert result.exit_code == 0, result.stderr
    assert "It works" in result.stderr
    (found,) = mailboxes(postroom)
    assert found["mailbox"]["address"] == {"name": "The shop", "address": "help@shop.example"}
    assert (found["mailbox"]["sender"], found["receiver"]["values"]) == ("out", {"path": str(loft)})


def test_a_failure_is_explained_and_can_be_corrected(postroom: Postroom, loft: Path, tmp_path: Path) -> None:
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={loft}", "--no-test")
    wrong = tmp_path / "nowhere"
    result = answering(
        "help@shop.example", "", "maildir", wrong, "what?", "correct", "help@shop.example", "", "maildir", loft, "out"
    )
    assert result.exit_code == 0, result.stderr
    assert "That does not work" in result.stderr
    assert "Hint: " in result.stderr
    assert mailboxes(postroom)[0]["receiver"]["values"] == {"path": str(loft)}


def test_what_does_not_work_can_be_kept_or_given_up(postroom: Postroom, loft: Path, tmp_path: Path) -> None:
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={loft}", "--no-test")
    first = ("help@shop.example", "", "maildir", tmp_path / "nowhere")
    given_up = answering(*first, "quit")
    assert given_up.exit_code == 1
    assert "Nothing was stored" in given_up.stderr
    assert mailboxes(postroom) == []
    assert answering(*first, "keep", "out").exit_code == 0
    assert len(mailboxes(postroom)) == 1


def test_a_wrong_address_is_asked_for_again(postroom: Postroom, loft: Path) -> None:
    postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={loft}", "--no-test")
    result = answering("nobody", "help@shop.example", "", "maildir", loft, "out")
    assert result.exit_code == 0, result.stderr
    assert "'nobody' is no e-mail address" in result.stderr
    assert mailboxes(postroom)[0]["mailbox"]["sender"] == "out"


def test_what_the_provider_is_known_for_is_offered_and_its_password_serves_sending_too(postroom: Postroom) -> None:
    result = answering(
        "ann@gmail.com", "Ann", "imap", "n", "127.0.0.1", "none", "1", "", "hush", "keep",
        "new", "127.0.0.1", "none", "1", "", "", "keep",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "app password" in result.stderr
    assert "[imap.gmail.com]" in result.stderr
    assert "hush" not in result.output
    (found,) = mailboxes(postroom)
    assert found["mailbox"]["sender"] == "support"
    assert found["receiver"]["values"] == {
        "host": "127.0.0.1", "port": 1, "security": "none", "username": "ann@gmail.com"
    }  # fmt: skip
    (sender,) = json.loads(postroom("sender", "list", "--json").stdout)
    assert (sender["kind"], sender["values"]["username"], sender["secrets"]) == ("smtp", "ann@gmail.com", ["password"])


def test_a_provider_without_passwords_is_asked_for_oauth(postroom: Postroom) -> None:
    result = answering(
        "help@shop.onmicrosoft.com", "", "imap", "refresh_token", "", "", "", "", "", "our-client", "", "", "quit"
    )
    assert result.exit_code == 1
    assert "Tenant (its id or its domain) [shop.onmicrosoft.com]" in result.stderr
    assert "needs refresh_token" in result.stderr
    assert "password:" not in result.stderr


def test_an_application_of_a_tenant_asks_for_the_default_scope(postroom: Postroom) -> None:
    result = CliRunner().invoke(
        app,
        ["mailbox", "add", "support", "--ask", "--no-test", "--sender", ""],
        input="help@outlook.com\n\nimap\n\nour-tenant\n\n\n\n\nour-client\nhush\nnone\n",
    )
    assert result.exit_code == 0, result.output
    (found,) = mailboxes(postroom)
    values = found["receiver"]["values"]
    assert isinstance(values, dict)
    assert values["oauth"] == {
        "grant": "client_credentials",
        "token_url": "https://login.microsoftonline.com/our-tenant/oauth2/v2.0/token",
        "client_id": "our-client",
        "scope": "https://outlook.office365.com/.default",
    }
    assert found["mailbox"]["sent_policy"] == "provider"


def test_options_are_completed_by_what_is_known_of_the_provider(
    postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "hush")
    added = postroom(
        "mailbox", "add", "support", "--kind", "imap", "--address", "ann@gmail.com", "--password-env", "MAIL_PASSWORD",
        "--import-since", "2026-01-31", "--no-test", "--json",
    )  # fmt: skip
    assert added.exit_code == 0, added.stderr
    receiver, mailbox = json.loads(added.stdout)["receiver"], json.loads(added.stdout)["mailbox"]
    assert (mailbox["sent_policy"], mailbox["automatic_categories"]) == ("provider", [])
    assert receiver["values"]["host"] == "imap.gmail.com"
    assert (receiver["values"]["import_since"], receiver["secrets"]) == ("2026-01-31", ["password"])


def test_a_kind_without_a_folder_for_sent_mail_files_no_copies(postroom: Postroom, loft: Path) -> None:
    postroom(
        "mailbox", "add", "support", "--kind", "maildir", "--address", "help@shop.example", "--set", f"path={loft}"
    )
    assert mailboxes(postroom)[0]["mailbox"]["sent_policy"] == "none"


def test_a_draft_that_cannot_be_used_can_be_given_up(postroom: Postroom, loft: Path) -> None:
    postroom("mailbox", "add", "first", "--kind", "maildir", "--address", "help@shop.example", "--set", f"path={loft}")
    result = answering("help@shop.example", "", "maildir", loft, "quit")
    assert (result.exit_code, len(mailboxes(postroom))) == (1, 1)
    assert "Nothing was stored" in result.stderr
