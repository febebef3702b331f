"""The statements of filters: right on SQLite, and each by the index that was made for it, whatever is asked with it."""

import re
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Connection

from contracts.store_filters import EVENT_FILTERS, EXECUTION_FILTERS, FiltersContract
from contracts.store_nouns import SHOP, SUPPORT, at, event
from postroom.interfaces.stores import Stores
from postroom.model.email import EmailId
from postroom.model.execution import EventFilter, EventKind, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.stores.sql.executions import COUNT_WORKFLOW, NEAR, NEWEST_CURSOR
from postroom.stores.sql.filters import (
    NOTABLE_KINDS,
    Statement,
    events_after,
    events_before,
    executions_before,
    walked,
)
from postroom.stores.sql.tables.executions import NOTABLE
from stores.sql.cost import plan, steps_of_reading

ERRORS = (EventKind.NODE_FAILED, EventKind.EXECUTION_FAILED)
STARTS = (EventKind.NODE_STARTED, EventKind.NODE_FAILED)


class TestFilters(FiltersContract):
    """Filters in SQL."""


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (EventFilter(), "INTEGER PRIMARY KEY (rowid"),
        (EventFilter(kinds=STARTS), "INTEGER PRIMARY KEY (rowid"),
        (EventFilter(kinds=ERRORS), "ix_events_notable (cursor"),
        (EventFilter(kinds=tuple(NOTABLE_KINDS), node_id="send"), "ix_events_notable (cursor"),
        (EventFilter(workflow=SUPPORT), "ix_events_workflow (workflow=? AND cursor"),
        (EventFilter(workflow=SUPPORT, node_id="send", kinds=STARTS), "ix_events_node (node_id=? AND cursor"),
        (EventFilter(node_id="send"), "ix_events_node (node_id=? AND cursor"),
        (EventFilter(since=at(1), until=at(2)), "INTEGER PRIMARY KEY (rowid"),
        (EventFilter(workflow=SUPPORT, since=at(1)), "ix_events_workflow (workflow=? AND cursor"),
        (EventFilter(workflow=SUPPORT, kinds=ERRORS), "ix_events_notable (cursor"),
        (EventFilter(execution_id=ExecutionId("x")), "uq_events_key (execution_id=?"),
        (EventFilter(execution_id=ExecutionId("x"), workflow=SUPPORT, kinds=ERRORS), "uq_events_key (execution_id=?"),
        (EventFilter(execution_id=ExecutionId("x"), node_id="send"), "uq_events_key (execution_id=?"),
    ],
)
def test_events_are_found_by_the_index_for_what_is_asked(bare: Connection, wanted: EventFilter, index: str) -> None:
    for statement, _ in (events_after(wanted), events_before(wanted)):
        way = _way(bare, statement)
        assert index in way
        assert "SCAN" not in way
        # Only the few of one execution are sorted.
        assert ("TEMP B-TREE" in way) == (wanted.execution_id is not None)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (ExecutionFilter(), "INTEGER PRIMARY KEY (rowid<?"),
        (ExecutionFilter(status=ExecutionStatus.FAILED), "ix_executions_status (status=? AND position<?"),
        (
            ExecutionFilter(status=ExecutionStatus.FAILED, mailbox_id=SHOP),
            "ix_executions_status (status=? AND position",
        ),
        (ExecutionFilter(mailbox_id=SHOP), "ix_executions_mailbox (mailbox_id=? AND position<?"),
        (ExecutionFilter(mailbox_id=SHOP, workflow=SUPPORT), "ix_executions_mailbox (mailbox_id=? AND position<?"),
        (ExecutionFilter(email_id=EmailId("e"), mailbox_id=SHOP), "ix_executions_email (email_id=? AND position<?"),
        (ExecutionFilter(workflow=SUPPORT), "ix_executions_workflow (workflow=? AND status=? AND position<?"),
        (
            ExecutionFilter(workflow=SUPPORT, status=ExecutionStatus.FAILED, mailbox_id=SHOP),
            "ix_executions_workflow (workflow=? AND status=? AND position<?",
        ),
    ],
)
def test_executions_are_found_by_the_index_for_what_is_asked(
    bare: Connection, wanted: ExecutionFilter, index: str
) -> None:
    for one in walked(wanted):
        way = _way(bare, executions_before(one)[0])
        assert index in way
        assert "SCAN" not in way
        assert "TEMP B-TREE" not in way


def test_no_filter_scans_a_table_or_sorts_more_than_one_execution(bare: Connection) -> None:
    for wanted, make in product(EVENT_FILTERS, (events_after, events_before)):
        way = _way(bare, make(wanted)[0])
        assert "SCAN" not in way
        assert wanted.execution_id is not None or "TEMP B-TREE" not in way
    for one in EXECUTION_FILTERS:
        for each in walked(one):
            way = _way(bare, executions_before(each)[0])
            assert "SCAN" not in way
            assert "TEMP B-TREE" not in way


async def test_events_of_a_time_are_found_as_fast_however_many_lie_before_or_behind_it(stores: Stores) -> None:
    async def happen(minutes: range) -> None:
        made = [event("x", EventKind.NODE_STARTED, node="ask", attempt=minute, minute=minute) for minute in minutes]
        await stores.executions.record([replace(one, workflow=SUPPORT) for one in made])

    async def steps_of_a_page() -> int:
        before = steps.taken
        for node in (None, "ask"):
            wanted = EventFilter(workflow=SUPPORT, node_id=node, since=at(20_000), until=at(20_010))
            for found in (await stores.executions.events(wanted), await stores.executions.latest_events(wanted)):
                assert [one.attempt for one in found] == list(range(20_000, 20_010))
        return steps.taken - before

    steps, _ = await steps_of_reading(stores)
    await happen(range(20_000 - NEAR, 20_010 + NEAR))
    few = await steps_of_a_page()
    await happen(range(20_010 + NEAR, 20_010 + 4 * NEAR))
    assert await steps_of_a_page() < few * 1.2
    assert len(await stores.executions.events(EventFilter(node_id="none"))) == 0


async def test_events_that_were_stored_late_are_found_by_their_time(stores: Stores) -> None:
    made = [event("x", EventKind.NODE_STARTED, attempt=n, minute=n) for n in range(1, 2 * NEAR)]
    late = [event("late", EventKind.NODE_STARTED, minute=minute) for minute in (7,)]
    await stores.executions.record([*made, *late])
    wanted = EventFilter(since=at(7), until=at(8))
    for found in (await stores.executions.events(wanted), await stores.executions.latest_events(wanted)):
        assert [one.execution_id for one in found] == ["x", "late"]
    await stores.executions.record([event("early", EventKind.NODE_STARTED, minute=5 * NEAR)])
    assert [one.execution_id for one in await stores.executions.events(EventFilter(since=at(2 * NEAR)))] == ["early"]


def test_counting_a_workflow_and_finding_the_newest_event_read_an_index_alone(bare: Connection) -> None:
    assert "COVERING INDEX ix_executions_workflow (workflow=?" in _way(bare, COUNT_WORKFLOW)
    assert "SEARCH" in _way(bare, NEWEST_CURSOR)


def test_a_statement_is_built_once_for_each_combination() -> None:
    first, values = events_after(EventFilter(workflow=SUPPORT, kinds=STARTS))
    again, others = events_after(EventFilter(workflow=SUPPORT, kinds=(EventKind.EXECUTION_QUEUED,)))
    assert first is again
    assert values != others
    assert (
        executions_before(ExecutionFilter(mailbox_id=SHOP))[0] is executions_before(ExecutionFilter(mailbox_id=SHOP))[0]
    )


def test_the_notable_kinds_are_those_of_the_index() -> None:
    assert set(re.findall(r"'(\w+)'", NOTABLE.text)) == {kind.value for kind in NOTABLE_KINDS}


def _way(connection: Connection, statement: Statement) -> str:
    return "\n".join(plan(connection, statement))
