"""What somebody entered is really tried, with its secrets opened."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bootstrap.rooms import a_mailbox, a_maildir, an_account, settings_in
from postroom.bootstrap.tries import try_notifier, try_receiver, try_sender
from postroom.errors import ConfigurationError, PluginError
from postroom.model.account import AccountFamily
from postroom.model.workflow import JsonValue

RECEIVER, SENDER, NOTIFIER = AccountFamily.RECEIVER, AccountFamily.SENDER, AccountFamily.NOTIFIER


async def test_a_mailbox_is_read_and_left_as_it_was(tmp_path: Path) -> None:
    box = a_maildir(tmp_path / "box")
    (box / "new" / "1").write_bytes(b"Subject: x\n\nHello\n")
    account = an_account(RECEIVER, "help", "maildir", {"path": str(box)})
    assert await try_receiver(settings_in(tmp_path), a_mailbox("help"), account)
    assert [path.name for path in (box / "new").iterdir()] == ["1"]


async def test_a_mailbox_that_is_not_there_is_told(tmp_path: Path) -> None:
    account = an_account(RECEIVER, "help", "maildir", {"path": str(tmp_path / "nowhere")})
    with pytest.raises(PluginError) as caught:
        await try_receiver(settings_in(tmp_path), a_mailbox("help"), account)
    assert caught.value.hint


def list_of_mails(folder: Path) -> list[Path]:
    return list(folder.rglob("*.eml"))


async def test_a_sender_is_tried_without_sending(tmp_path: Path) -> None:
    account = an_account(SENDER, "out", "outbox_folder", {"path": str(tmp_path / "out")})
    assert str(tmp_path / "out") in await try_sender(settings_in(tmp_path), account)
    assert not list_of_mails(tmp_path)


async def test_a_notifier_says_that_it_is_a_trial(tmp_path: Path) -> None:
    with capture_logs() as logged:
        assert await try_notifier(settings_in(tmp_path), an_account(NOTIFIER, "desk", "log", {}))
    (told,) = [one for one in logged if one["event"] == "notification"]
    assert told["key"].startswith("trial/desk/")
    assert told["severity"] == "info"


async def test_a_secret_that_was_sealed_elsewhere_is_told(tmp_path: Path) -> None:
    values: dict[str, JsonValue] = {"host": "127.0.0.1", "port": 1, "username": "ann"}
    account = replace(an_account(SENDER, "out", "smtp", values), sealed={"password": "v1:b2xk"})
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        await try_sender(settings_in(tmp_path), account)


async def test_a_kind_that_is_not_installed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pigeon"):
        await try_sender(settings_in(tmp_path), an_account(SENDER, "out", "pigeon", {}))
