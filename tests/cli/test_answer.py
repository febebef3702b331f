"""What somebody is shown who tries one mail."""

from pathlib import Path

import pytest

from cli.conftest import Postroom

MAILS = Path(__file__).resolve().parents[1] / "mail"


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A question that an article of the made-up shop answers."""
    path = tmp_path / "mail.eml"
    path.write_bytes(
        b"From: Ann <ann@example.com>\r\nTo: support@lindenhof.example\r\nSubject: Forgot my password\r\n"
        b"Message-ID: <1@example.com>\r\n\r\nHello, I forgot my password and the reset mail does not arrive.\r\n"
    )
    return path


def test_people_see_the_way_the_outcome_and_the_draft_with_its_article(postroom: Postroom, mail: Path) -> None:
    result = postroom("answer", mail)
    assert result.exit_code == 0, result.stderr
    assert all(node in result.stdout for node in ("email_trigger", "ai_classifier", "data_logger"))
    assert "It would be: " in result.stdout
    assert "this mailbox is in mode review" in result.stdout
    assert "--- Draft (account_password, probability " in result.stdout


def test_in_mode_automatic_there_is_nothing_to_add(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_MODE", "automatic")
    assert "this mailbox is in mode" not in postroom("answer", MAILS / "bounce.eml").stdout


def test_a_file_that_is_not_there_is_wrong_usage(postroom: Postroom, tmp_path: Path) -> None:
    assert postroom("answer", tmp_path / "nothing.eml").exit_code == 2
    assert postroom("answer", tmp_path).exit_code == 2
