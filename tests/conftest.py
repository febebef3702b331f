"""What all tests share: the starter models, trained once per run."""

import fcntl
import os
from pathlib import Path

import pytest

from postroom.classifiers.starter import train_starter
from postroom.knowledge.articles import starter_shelf
from postroom.learning.model_files import save_model


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the starter models, as a new installation trains them; one for all worker processes of the run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "models.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "models" / "linear").exists():
            save_model(train_starter(starter_shelf()), shared / "models" / "linear")
    return shared / "models"
