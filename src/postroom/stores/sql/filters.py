"""Statements for filters of events and executions: one for each combination of what is asked, built once.

Each walks along one index, chosen here, so that a page costs what it shows. The other conditions are written so that
no index serves them (`_unindexed`): the planner knows no figures of the tables and would often take a worse one.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from sqlalchemy import Column, ColumnElement, Select, bindparam, func, literal, null, select

from postroom.model.execution import EventFilter, EventKind, ExecutionFilter, ExecutionStatus
from postroom.stores.sql.paging import AFTER_ALL, BEFORE_ALL
from postroom.stores.sql.rows import Found, Values, millis_from
from postroom.stores.sql.tables.executions import NOTABLE, events, executions

NOTABLE_KINDS = frozenset(
    {
        EventKind.EXECUTION_CANCELLED,
        EventKind.EXECUTION_FAILED,
        EventKind.EXECUTION_PAUSED,
        EventKind.NODE_FAILED,
        EventKind.NODE_RETRYING,
    }
)
"""The kinds that the condition `NOTABLE` of an index names; a test holds both equal."""

Statement = Select[*tuple[object, ...]]

# Times grow with the cursors, but not strictly: an event may be stored late, and a clock set back. So these are the
# cursors between which all events of a time lie; the index of times alone is read, as far as that time reaches.
BOUNDS = select(func.min(events.c.cursor).label("first"), func.max(events.c.cursor).label("last")).where(
    events.c.at >= bindparam("since"), events.c.at < bindparam("until")
)

_WITHOUT_PROGRESS = [column for column in executions.c if column.name != "progress_json"]


def events_after(wanted: EventFilter) -> tuple[Statement, Values]:
    """Return the statement for wanted events behind `after` and below `before`, oldest first, with the values."""
    values = _event_values(wanted)
    return _events_after(frozenset(values), _all_notable(wanted.kinds)), values


def events_before(wanted: EventFilter) -> tuple[Statement, Values]:
    """Return the statement for wanted events behind `after` and below `before`, newest first, with the values."""
    values = _event_values(wanted)
    return _events_before(frozenset(values), _all_notable(wanted.kinds)), values


def times_of(wanted: EventFilter) -> Values | None:
    """Return the values of `BOUNDS` for a filter, None where it asks for no time."""
    if wanted.since is None and wanted.until is None:
        return None
    since = BEFORE_ALL if wanted.since is None else millis_from(wanted.since)
    return {"since": since, "until": AFTER_ALL if wanted.until is None else millis_from(wanted.until)}


def walked(wanted: ExecutionFilter) -> tuple[ExecutionFilter, ...]:
    """Return the filters that together ask the same, each of which one index leads by to the newest first."""
    if wanted.unsettled:
        left = [status for status in ExecutionStatus if not status.settled and wanted.status in {None, status}]
        return tuple(replace(wanted, status=status, unsettled=False) for status in left)
    narrower = (wanted.status, wanted.mailbox_id, wanted.email_id)
    if wanted.workflow is None or any(one is not None for one in narrower):
        return (wanted,)
    return tuple(replace(wanted, status=status) for status in ExecutionStatus)


def executions_before(wanted: ExecutionFilter) -> tuple[Statement, Values]:
    """Return the statement for wanted executions below `position`, newest first, with the filter's values."""
    values: dict[str, object | None] = {
        "workflow": wanted.workflow,
        "status": wanted.status and wanted.status.value,
        "final_state": wanted.final_state and wanted.final_state.value,
        "mailbox_id": wanted.mailbox_id,
        "email_id": wanted.email_id,
        "since": wanted.since and millis_from(wanted.since),
        "until": wanted.until and millis_from(wanted.until),
    }
    given: Values = {name: value for name, value in values.items() if value is not None}
    return _executions_before(frozenset(given)), given


@cache
def _events_after(given: frozenset[str], notable: bool) -> Statement:  # noqa: FBT001 - part of the key of the cache.
    return _events(given, notable=notable).order_by(events.c.cursor)


@cache
def _events_before(given: frozenset[str], notable: bool) -> Statement:  # noqa: FBT001 - part of the key of the cache.
    return _events(given, notable=notable).order_by(events.c.cursor.desc())


def _events(given: frozenset[str], *, notable: bool) -> Statement:
    # Of one execution there are few events; notable ones are few among all, and those of one node among a workflow's.
    several = "node_id" if "node_id" in given else "workflow"
    led_by = "execution_id" if "execution_id" in given else "" if notable else several
    conditions: list[ColumnElement[bool]] = [
        (column if name == led_by else _unindexed(column)) == bindparam(name)
        for name, column in (
            ("execution_id", events.c.execution_id),
            ("workflow", events.c.workflow),
            ("node_id", events.c.node_id),
        )
        if name in given
    ]
    if "kinds" in given:
        conditions.append(events.c.kind.in_(bindparam("kinds", expanding=True)))
    walked_part = (events.c.cursor > bindparam("after"), events.c.cursor < bindparam("before"))
    conditions += [*walked_part, *_times(given, events.c.at + literal(0))]
    statement: Statement = select(events).where(*conditions).limit(bindparam("limit"))
    # Word for word the condition of the index, as nothing else lets a statement use it.
    return statement.where(NOTABLE) if notable and not led_by else statement


@cache
def _executions_before(given: frozenset[str]) -> Statement:
    led_by = _led_by(given)
    conditions = [
        (column if name in led_by else _unindexed(column)) == bindparam(name)
        for name, column in executions.c.items()
        if name in given
    ]
    statement: Statement = select(*_WITHOUT_PROGRESS, null().label("progress_json"))
    return (
        statement.where(
            executions.c.position < bindparam("position"), *conditions, *_times(given, executions.c.created_at)
        )
        .order_by(executions.c.position.desc())
        .limit(bindparam("limit"))
    )


def _led_by(given: frozenset[str]) -> frozenset[str]:
    """Return the columns, in the order of what they leave over, that one index leads by to the newest first."""
    candidates: Iterable[frozenset[str]] = (
        frozenset({"email_id"}),
        frozenset({"workflow", "status"}),
        frozenset({"status"}),
        frozenset({"mailbox_id"}),
    )
    return next((columns for columns in candidates if columns <= given), frozenset())


def _times(given: frozenset[str], column: ColumnElement[int]) -> list[ColumnElement[bool]]:
    since = [column >= bindparam("since")] if "since" in given else []
    return [*since, *([column < bindparam("until")] if "until" in given else [])]


def _unindexed(column: Column[str]) -> ColumnElement[str]:
    return column.concat(literal(""))


def _event_values(wanted: EventFilter) -> Values:
    values: dict[str, object | None] = {
        "execution_id": wanted.execution_id,
        "workflow": wanted.workflow,
        "node_id": wanted.node_id,
        "kinds": [kind.value for kind in wanted.kinds] or None,
        "since": wanted.since and millis_from(wanted.since),
        "until": wanted.until and millis_from(wanted.until),
    }
    return {name: value for name, value in values.items() if value is not None}


def _all_notable(kinds: tuple[EventKind, ...]) -> bool:
    return bool(kinds) and NOTABLE_KINDS.issuperset(kinds)


def newest_first(row: Found) -> int:
    """Return what sorts rows of executions by how new they are, the newest first."""
    return -int(row.position)
