import pytest

from contracts.store_nouns import SUPPORT, event, execution
from postroom.actions.desk import Desk
from postroom.actions.logs import Level
from postroom.actions.workflow_log import LogOrder, WantedLog, log_lines, log_page
from postroom.errors import InputError
from postroom.model.execution import EventKind, ExecutionId

ONE = WantedLog(workflow=SUPPORT, execution_id=ExecutionId("e1"))


def test_a_kind_below_the_least_level_can_match_nothing() -> None:
    assert WantedLog(workflow=SUPPORT, level=Level.ERROR, kind=EventKind.NODE_STARTED).filter is None
    wanted = WantedLog(workflow=SUPPORT, level=Level.ERROR, kind=EventKind.NODE_FAILED).filter
    assert wanted is not None
    assert wanted.kinds == (EventKind.NODE_FAILED,)


async def test_lines_end_with_what_was_stored_when_they_began(desk: Desk) -> None:
    await desk.stores.executions.add(execution("e1"))
    events = [event("e1", EventKind.NODE_STARTED, node="in", attempt=number) for number in range(1, 4)]
    await desk.stores.executions.record(events)

    text = "".join([lines async for lines in log_lines(desk.stores, ONE)])

    assert text.count("\n") == 3


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 19, "", "٣"])
async def test_a_cursor_that_is_none_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(InputError):
        await log_page(desk.stores, ONE, order=LogOrder.NEWEST, cursor=cursor, limit=10)
