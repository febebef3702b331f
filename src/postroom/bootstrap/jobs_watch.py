"""Watches the process of a job from outside: whether it lives, and whether the job gets any further."""

from dataclasses import dataclass
from enum import StrEnum

from postroom.model.job import Job, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: `silent` without a beat until another process may take a job, `frozen` without
    one until its own process is ended, and `stalled` without a further step until the job is given up.
    """

    silent_seconds: float = 60.0  # What model/job.py promises: without a beat for a minute it goes to another.
    frozen_seconds: float = 300.0  # Far more than a start takes, which gives no beat.
    stalled_seconds: float = 180 * 60.0
    look_seconds: float = 5.0


class Doubt(StrEnum):
    """Why a process is ended: it gives no sign of life, or its job gets no further."""

    FROZEN = "frozen"
    STALLED = "stalled"


class Watch:
    """Tells from what the store says of a job whether to go on waiting for its process.

    Time is counted here, not by what the store says: a machine that slept has lost no patience.
    """

    def __init__(self, job: Job, patience: Patience, *, now: float) -> None:
        self._worker = job.worker
        self._patience = patience
        self._beat = job.beat_at
        self._beat_seen = now
        self._reached = (job.done, job.total)
        self._reached_seen = now

    def doubt(self, job: Job, *, now: float) -> Doubt | None:
        """Return why the process is to be ended, None while it is not; `now` are seconds of any steady clock."""
        # Beats of another process that took the job over say nothing of this one.
        if job.state is JobState.RUNNING and job.worker == self._worker:
            if job.beat_at != self._beat:
                self._beat, self._beat_seen = job.beat_at, now
            if (job.done, job.total) != self._reached:
                self._reached, self._reached_seen = (job.done, job.total), now
        if now - self._reached_seen >= self._patience.stalled_seconds:
            return Doubt.STALLED
        return Doubt.FROZEN if now - self._beat_seen >= self._patience.frozen_seconds else None
