import pytest

from contracts.store_nouns import at, event, execution
from postroom.actions.desk import Desk
from postroom.actions.logs import Level, LogFilter, LogPage, kinds_of, log, log_page, tail
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
        (LogFilter(level=Level.WARNING, kind=EventKind.NODE_FAILED), [3]),
        (LogFilter(level=Level.ERROR, kind=EventKind.NODE_RETRYING), []),
    ],
)
async def test_each_filter_narrows_the_log(full: Desk, wanted: LogFilter, minutes: list[int]) -> None:
    found = [one async for page in log(full.stores, wanted, after=0) for one in page.events]
    assert [one.at for one in found] == [at(minute) for minute in minutes]
    last = await tail(full.stores, wanted, lines=10)
    assert last.events == tuple(found)


async def test_pages_hold_what_matches_and_lead_past_all_that_was_looked_at(full: Desk) -> None:
    wanted = LogFilter(node="send")
    page = await log_page(full.stores, wanted, after=0, limit=1)
    assert ([one.at for one in page.events], page.more) == ([at(2)], True)
    rest = await log_page(full.stores, wanted, after=page.cursor, limit=2)
    assert ([one.at for one in rest.events], rest.more) == ([at(3)], False)
    assert rest.cursor == await full.stores.executions.newest_cursor()
    nothing = await log_page(full.stores, wanted, after=rest.cursor)
    assert nothing == LogPage(events=(), cursor=rest.cursor, more=False)


async def test_the_tail_is_the_end_of_the_log_and_can_be_followed_from(full: Desk) -> None:
    last = await tail(full.stores, LogFilter(), lines=2)
    assert [one.at for one in last.events] == [at(3), at(4)]
    later = event("execution-1", EventKind.NODE_SUCCEEDED, node="send", minute=5)
    await full.stores.executions.record([later])
    found = [one async for page in log(full.stores, LogFilter(), after=last.cursor) for one in page.events]
    assert [one.at for one in found] == [at(5)]


async def test_a_tail_finds_what_matches_however_much_came_later(full: Desk) -> None:
    later = [event("execution-1", EventKind.NODE_SUCCEEDED, node="ask", attempt=n, minute=5) for n in range(30)]
    await full.stores.executions.record(later)
    last = await tail(full.stores, LogFilter(node="send"), lines=1)
    assert [one.at for one in last.events] == [at(3)]
    assert last.cursor == await full.stores.executions.newest_cursor()


async def test_the_tail_of_an_empty_log_is_empty(desk: Desk) -> None:
    last = await tail(desk.stores, LogFilter(), lines=5)
    assert (last.events, last.cursor) == ((), 0)


def test_what_failed_is_shown_among_the_warnings_and_all_kinds_where_nothing_is_left_out() -> None:
    assert kinds_of(Level.INFO) == ()
    assert EventKind.NODE_FAILED in kinds_of(Level.ERROR)
    assert set(kinds_of(Level.ERROR)) < set(kinds_of(Level.WARNING)) < set(EventKind)
