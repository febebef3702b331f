"""The command line on folders of its own, with the models that all tests share."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from postroom.cli import app

Postroom = Callable[..., Result]


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting from outside, a new working folder, the shared models; the log as it was before."""
    for name in [name for name in os.environ if name.startswith("POSTROOM_")]:
        monkeypatch.delenv(name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    monkeypatch.setenv("POSTROOM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def postroom() -> Postroom:
    """Run a command and return what it wrote and how it ended."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, models: Path) -> tuple[Path, Result]:
    """The folder of one demo of 30 mails, and what the command gave; copy the folder before you change it."""
    base = tmp_path_factory.mktemp("demo")
    (base / "data").mkdir()
    (base / "data" / "models").symlink_to(models)
    runner = CliRunner(env={"POSTROOM_DATA_DIR": str(base / "data")})
    arguments = ["demo", "--emails", "30", "--seed", "1003", "--exit", "--json", "--data-dir", str(base / "demo")]
    return base / "demo", runner.invoke(app, arguments)


@pytest.fixture
def demo(played: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(played[0], tmp_path / "demo", symlinks=True))
