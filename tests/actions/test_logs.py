import pytest

from contracts.store_nouns import at, event, execution
from postroom.actions.desk import Desk
from postroom.actions.logs import Level, LogFilter, level_of, log, log_page
from postroom.model.execution import EventKind, ExecutionId

EVENTS = [
    event("execution-1", EventKind.EXECUTION_STARTED, minute=1),
    event("execution-1", EventKind.NODE_RETRYING, node="send", minute=2),
    event("execution-2", EventKind.NODE_FAILED, node="send", minute=3),
    event("execution-2", EventKind.EXECUTION_FAILED, minute=4),
]


@pytest.fixture
async def full(desk: Desk) -> Desk:
    """A desk with four events."""
    for name in ("execution-1", "execution-2"):
        await desk.stores.executions.add(execution(name))
    await desk.stores.executions.record(EVENTS)
    return desk


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        (LogFilter(), [1, 2, 3, 4]),
        (LogFilter(execution_id=ExecutionId("execution-1")), [1, 2]),
        (LogFilter(node="send"), [2, 3]),
        (LogFilter(kind=EventKind.NODE_FAILED), [3]),
        (LogFilter(level=Level.WARNING), [2, 3, 4]),
        (LogFilter(level=Level.ERROR, since=at(4)), [4]),
    ],
)
async def test_each_filter_narrows_the_log(full: Desk, wanted: LogFilter, minutes: list[int]) -> None:
    found = [one async for page in log(full.stores, wanted) for one in page.events]
    assert [one.at for one in found] == [at(minute) for minute in minutes]


async def test_the_cursor_leads_past_events_that_do_not_match(full: Desk) -> None:
    page = await log_page(full.stores, LogFilter(kind=EventKind.NODE_FAILED), limit=2)
    assert page.events == ()
    assert page.more
    rest = await log_page(full.stores, LogFilter(kind=EventKind.NODE_FAILED), after=page.cursor, limit=3)
    assert [one.at for one in rest.events] == [at(3)]
    assert not rest.more


def test_every_kind_has_a_level() -> None:
    assert {level_of(event("execution-1", kind)) for kind in EventKind} == set(Level)
