"""Which statuses of an execution are its last."""

from postroom.model.execution import ExecutionStatus


def test_only_success_failure_and_cancelling_settle_an_execution() -> None:
    settled = {status for status in ExecutionStatus if status.settled}
    assert settled == {ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED}
