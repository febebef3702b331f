import os
import signal
import threading
from pathlib import Path

import pytest

from cli.conftest import Postroom
from postroom.cli.only_one import only_one
from postroom.cli.opening import settings_of


def test_it_receives_and_answers_until_it_is_told_to_stop(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "10")
    monkeypatch.setenv("POSTROOM_MODE", "automatic")
    stopper = threading.Thread(target=stop_after_a_reply, args=(tmp_path / "data" / "outbox",))
    stopper.start()
    result = postroom("serve")
    stopper.join()
    assert result.exit_code == 0, result.stderr
    assert "connects to the mock mailbox" in result.stderr
    assert list((tmp_path / "data" / "outbox").glob("*.eml"))


def test_a_second_process_on_the_same_folder_is_refused(postroom: Postroom, tmp_path: Path) -> None:
    with only_one(settings_of(tmp_path / "data")):
        result = postroom("serve")
    assert result.exit_code == 1
    assert "Another process" in result.stderr


def stop_after_a_reply(outbox: Path) -> None:
    """Send SIGTERM once a reply lies in the outbox: by then the command listens to it."""
    look_again = threading.Event()
    while not any(outbox.glob("*.eml")):
        look_again.wait(0.05)
    os.kill(os.getpid(), signal.SIGTERM)
