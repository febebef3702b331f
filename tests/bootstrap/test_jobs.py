"""The process that does a job: its settings, and a training in it from beginning to end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from actions.training_case import examples, put, tutor
from empty_store import put_empty_store
from postroom.actions.desk import Desk
from postroom.actions.jobs import order_job
from postroom.actions.training import TrainingOrder, order_training
from postroom.bootstrap import open_store
from postroom.bootstrap.jobs import environment_of, job_worker, works
from postroom.interfaces.clock import SystemClock
from postroom.learning.model_files import save_model
from postroom.model.job import JobKind, JobState
from postroom.settings import Settings

READ = "from postroom.settings import load_settings; print(load_settings(None).model_dump_json())"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("POSTROOM_")]:
        monkeypatch.delenv(name)
    return Settings(
        data_dir=tmp_path / "data",
        mode="observe",
        languages=("en", "de"),
        mailbox_aliases=("a@shop.example", "b@shop.example"),
        fast_journal=False,
        silent_minutes=7.5,
    )


def test_the_process_has_the_settings_of_this_one(settings: Settings) -> None:
    read = subprocess.run(
        [sys.executable, "-c", READ], env=dict(environment_of(settings)), capture_output=True, text=True, check=True
    )
    assert Settings.model_validate_json(read.stdout) == settings


def test_there_is_something_that_does_each_kind() -> None:
    assert set(works()) == set(JobKind)


async def nobody_told(done: int, total: int) -> None:
    del done, total


async def test_a_training_is_done_in_a_process_of_its_own(settings: Settings) -> None:
    settings.data_dir.mkdir()
    put_empty_store(settings.data_dir / "postroom.db")
    save_model(tutor(), settings.data_dir / "models" / "linear")
    async with open_store(settings) as stores:
        desk = Desk(stores=stores, clock=SystemClock(), by="ann")
        await put(stores, examples(60))
        await order_training(desk, TrainingOrder(seed=3))
        bad = await order_job(desk, JobKind.TRAIN, {"seed": "three"})
        worker = job_worker(settings, stores, desk.clock)

        done = await worker.work_once()

        assert done is not None
        assert (done.state, done.failure) == (JobState.SUCCEEDED, None)
        assert (done.done, done.total) == (100, 100)
        model = await stores.models.in_use()
        assert model is not None
        assert (model.by, model.seed, model.id) == ("ann", 3, (done.result or {})["model_id"])
        refused = await worker.work_once()
        assert refused is not None
        assert (refused.id, refused.state) == (bad.id, JobState.FAILED)
        assert refused.failure is not None
        assert "seed" in refused.failure.hint
