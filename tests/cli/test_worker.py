import json
import os
import signal
import threading
from pathlib import Path

import pytest

from cli.conftest import Postroom
from postroom.cli.only_one import only_one
from postroom.cli.opening import settings_of


def test_it_works_until_it_is_told_to_stop_and_receives_nothing(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")
    monkeypatch.setenv("POSTROOM_MOCK_EMAILS", "3")
    stopper = threading.Thread(target=stop_once_it_listens)
    stopper.start()
    result = postroom("worker")
    stopper.join()
    assert result.exit_code == 0, result.stderr
    assert "receives nothing itself" in result.stderr
    assert json.loads(postroom("status", "--json").stdout)["executions"] == {}


def test_a_second_process_on_the_same_folder_is_refused(postroom: Postroom, tmp_path: Path) -> None:
    with only_one(settings_of(tmp_path / "data")):
        result = postroom("worker")
    assert result.exit_code == 1
    assert "Another process" in result.stderr


def stop_once_it_listens() -> None:
    """Send SIGTERM as soon as it is caught: before, it would end the tests."""
    look_again = threading.Event()
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        look_again.wait(0.05)
    os.kill(os.getpid(), signal.SIGTERM)
