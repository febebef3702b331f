"""A job: long work that somebody asked for, done once, by itself, and watched while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.execution import Failure
from postroom.model.workflow import JsonValue

JobId = NewType("JobId", str)


class JobKind(StrEnum):
    """What is done: a model is trained or put in use, past mail is tried or imported, two versions are compared."""

    TRAIN = "train"
    PROMOTE = "promote"
    BACKTEST = "backtest"
    COMPARE = "compare"
    IMPORT = "import"


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `order` is what was asked for, `result` what came of it (its keys belong to the kind).

    `done` of `total` steps are behind it (0 of 0: nobody knows yet). `worker` is the process that has it, `beat_at`
    when that last gave a sign of life: without one for a minute the job goes to another, which goes on where it can.
    `cancelling` asks it to end at the next step. `attempt` counts the processes that had it. Times are UTC.
    """

    id: JobId
    kind: JobKind
    state: JobState
    order: Mapping[str, JsonValue]
    by: str
    created_at: datetime
    updated_at: datetime
    done: int = 0
    total: int = 0
    worker: str = ""
    beat_at: datetime | None = None
    attempt: int = 0
    cancelling: bool = False
    result: Mapping[str, JsonValue] | None = None
    failure: Failure | None = None
