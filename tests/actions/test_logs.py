import pytest

from contracts.store_nouns import at, event, execution
from postroom.actions.desk import Desk
from postroom.actions.logs import Level, LogFilter, level_of, log, log_page, tail
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
    found = [one async for page in log(full.stores, wanted, after=0) for one in page.events]
    assert [one.at for one in found] == [at(minute) for minute in minutes]
    last = await tail(full.stores, wanted, lines=10)
    assert (last.events, last.cut) == (tuple(found), False)


async def test_the_cursor_leads_past_events_that_do_not_match(full: Desk) -> None:
    page = await log_page(full.stores, LogFilter(kind=EventKind.NODE_FAILED), after=0, limit=2)
    assert page.events == ()
    assert page.more
    rest = await log_page(full.stores, LogFilter(kind=EventKind.NODE_FAILED), after=page.cursor, limit=3)
    assert [one.at for one in rest.events] == [at(3)]
    assert not rest.more


async def test_the_tail_is_the_end_of_the_log_and_can_be_followed_from(full: Desk) -> None:
    last = await tail(full.stores, LogFilter(), lines=2)
    assert [one.at for one in last.events] == [at(3), at(4)]
    # Older ones are there, but as many as were wanted were found.
    assert not last.cut
    later = event("execution-1", EventKind.NODE_SUCCEEDED, node="send", minute=5)
    await full.stores.executions.record([later])
    found = [one async for page in log(full.stores, LogFilter(), after=last.cursor) for one in page.events]
    assert [one.at for one in found] == [at(5)]


async def test_a_tail_says_when_older_events_were_not_looked_at(full: Desk) -> None:
    async def cut(wanted: LogFilter, lines: int, window: int) -> bool:
        return (await tail(full.stores, wanted, lines=lines, window=window)).cut

    assert await cut(LogFilter(node="send"), 2, 2)
    assert await cut(LogFilter(node="send"), 1, 1)
    assert not await cut(LogFilter(node="send"), 1, 2)
    assert not await cut(LogFilter(node="send"), 3, 4)
    assert not await cut(LogFilter(level=Level.ERROR, since=at(4)), 2, 2)


async def test_the_tail_of_an_empty_log_is_empty(desk: Desk) -> None:
    last = await tail(desk.stores, LogFilter(), lines=5)
    assert (last.events, last.cursor, last.cut) == ((), 0, False)


def test_every_kind_has_a_level() -> None:
    assert {level_of(event("execution-1", kind)) for kind in EventKind} == set(Level)
