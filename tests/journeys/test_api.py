"""The API of a whole Postroom in a process of its own, as programs and browsers use it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.postroom import PASSWORD, RunningPostroom, running_postroom

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def postroom(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[RunningPostroom]:
    settings = {"POSTROOM_MAILBOX_KIND": "mock", "POSTROOM_MOCK_EMAILS": "30", "POSTROOM_MODE": "review"}
    with running_postroom(tmp_path_factory.mktemp("api"), models, settings) as running:
        yield running


def test_the_program_of_the_how_to_does_what_the_page_says(postroom: RunningPostroom, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("\n".join(CODE.findall(PAGE.read_text(encoding="utf-8"))), encoding="utf-8")
    known = {"POSTROOM_API": postroom.url, "POSTROOM_NAME": "root", "POSTROOM_PASSWORD": PASSWORD}

    done = subprocess.run(
        [sys.executable, str(program)], env=os.environ | known, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "execution_succeeded" in done.stdout
    assert "can be taken back until" in done.stdout
    assert "conflict" in done.stdout
    assert "more reviews: " in done.stdout
    assert "the report as a page has" in done.stdout


def test_it_says_when_it_is_ready_and_shows_its_welcome_page(postroom: RunningPostroom) -> None:
    assert postroom.admin.get("/health/ready").json()["status"] == "ok"
    page = postroom.admin.get("/welcome")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
