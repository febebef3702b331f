"""Which states of a job are its last."""

from postroom.model.job import JobState


def test_a_job_that_waits_or_runs_has_not_ended() -> None:
    assert {state for state in JobState if not state.ended} == {JobState.WAITING, JobState.RUNNING}
