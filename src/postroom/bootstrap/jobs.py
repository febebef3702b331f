"""What does a job of each kind, and the process that does it."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from postroom.bootstrap.jobs_run import Work
from postroom.bootstrap.jobs_watch import Patience
from postroom.bootstrap.jobs_worker import JobWorker
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.job import Job, JobKind
from postroom.settings import CONFIDENTIAL, PREFIX, Settings

# One thread each: two on shared cores only wait for each other, and the engine needs the rest.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_NEEDED = {"store_url", "journal_url"}
_RUN = "from postroom.cli import main; main()"


def works() -> Mapping[JobKind, Work]:
    """Return what does a job of each kind; reading it takes scikit-learn and with it a hundred megabytes."""
    from postroom.bootstrap.import_job import import_job  # noqa: PLC0415
    from postroom.bootstrap.models_training import promote_job, train_job  # noqa: PLC0415
    from postroom.bootstrap.trials_run import backtest_job, compare_job  # noqa: PLC0415

    return {
        JobKind.TRAIN: train_job,
        JobKind.PROMOTE: promote_job,
        JobKind.BACKTEST: backtest_job,
        JobKind.COMPARE: compare_job,
        JobKind.IMPORT: import_job,
    }


def job_worker(settings: Settings, stores: Stores, clock: Clock) -> JobWorker:
    """Return what does waiting jobs, each in a process of its own with these settings."""
    patience = Patience(stalled_seconds=settings.job_stalled_minutes * 60)
    return JobWorker(stores, clock, job_command, environment=environment_of(settings), patience=patience)


def job_command(job: Job) -> Sequence[str]:
    """Return the command line of the process that does a job that was claimed."""
    return (sys.executable, "-P", "-c", _RUN, "job", "run", job.id, "--worker", job.worker)


def environment_of(settings: Settings) -> Mapping[str, str]:
    """Return the environment of this process, changed so that one started with it has these settings.

    Secrets are left as they are there: they are in the environment, or in the files that the other one reads too.
    """
    values = {
        f"{PREFIX}{name.upper()}": _in_words(value)
        for name, value in settings
        if value is not None and not isinstance(value, SecretStr) and name not in CONFIDENTIAL - _NEEDED
    }
    return {**dict.fromkeys(_ONE_THREAD, "1"), **os.environ, **values}


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return value.as_posix() if isinstance(value, Path) else str(value)
