"""The history of an execution: its steps, folded from its events. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from postroom.model.execution import Event, EventKind, Step, StepStatus
from postroom.model.workflow import NodeId

_STATUS = {
    EventKind.NODE_STARTED: StepStatus.RUNNING,
    EventKind.NODE_RETRYING: StepStatus.RUNNING,
    EventKind.NODE_WAITING: StepStatus.WAITING,
    EventKind.NODE_SUCCEEDED: StepStatus.SUCCEEDED,
    EventKind.NODE_FAILED: StepStatus.FAILED,
    EventKind.NODE_SKIPPED: StepStatus.SKIPPED,
}


def steps(events: Iterable[Event]) -> tuple[Step, ...]:
    """Return one step per node that appears in `events`, in the order they first appear.

    A later attempt replaces an earlier one; a started event that is stored after its end changes nothing but the time.
    """
    found: dict[str, Step] = {}
    for event in events:
        status = _STATUS.get(event.kind)
        if status is None:
            continue
        step = found.get(event.node_id)
        if step is None or event.attempt > step.attempt or step.status is StepStatus.SKIPPED:
            step = _opened(event)
        found[event.node_id] = _with(step, event, status)
    return tuple(found.values())


def _opened(event: Event) -> Step:
    return Step(
        node_id=NodeId(event.node_id),
        status=StepStatus.RUNNING,
        attempt=event.attempt,
        started_at=None,
        finished_at=None,
        output="",
        note="",
        failure=None,
    )


def _with(step: Step, event: Event, status: StepStatus) -> Step:
    if status is StepStatus.RUNNING:
        if event.kind is EventKind.NODE_RETRYING:
            return replace(step, note=event.note, failure=event.failure)
        return replace(step, started_at=event.at)
    if status is StepStatus.WAITING:
        # Its event names the output that it has before anybody decided: nothing has come out yet.
        return replace(step, status=status, finished_at=None, output="", note=event.note, failure=event.failure)
    return replace(
        step, status=status, finished_at=event.at, output=event.output, note=event.note, failure=event.failure
    )
