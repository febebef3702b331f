"""When the process of a job is waited for, and when it is given up."""

from dataclasses import replace

from contracts.store_jobs import job
from contracts.store_nouns import at
from postroom.bootstrap.jobs_watch import Doubt, Patience, Watch
from postroom.model.job import JobState

PATIENCE = Patience(frozen_seconds=10, stalled_seconds=100)
BEGUN = replace(job(), state=JobState.RUNNING, worker="w1", beat_at=at(0))


def watch() -> Watch:
    return Watch(BEGUN, PATIENCE, now=1000)


def test_a_process_that_beats_and_gets_further_is_waited_for() -> None:
    watching = watch()
    for second in range(0, 500, 5):
        moved = replace(BEGUN, beat_at=at(second), done=second // 50, total=10)
        assert watching.doubt(moved, now=1000 + second) is None


def test_a_process_without_a_sign_of_life_is_frozen() -> None:
    watching = watch()
    assert watching.doubt(BEGUN, now=1009) is None
    assert watching.doubt(BEGUN, now=1010) is Doubt.FROZEN


def test_a_process_that_lives_and_gets_no_further_is_stalled() -> None:
    watching = watch()
    found = [watching.doubt(replace(BEGUN, beat_at=at(second)), now=1000 + second) for second in range(0, 105, 5)]
    assert found == [None] * 20 + [Doubt.STALLED]


def test_the_beats_of_another_process_that_took_the_job_over_are_not_its_own() -> None:
    watching = watch()
    taken = replace(BEGUN, worker="w2", beat_at=at(9), done=5)
    assert watching.doubt(taken, now=1009) is None
    assert watching.doubt(replace(taken, beat_at=at(10)), now=1010) is Doubt.FROZEN
