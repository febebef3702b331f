"""Export: records, or executions with their events, as NDJSON or CSV, page by page."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

from postroom.actions.status import events_of
from postroom.interfaces.codec import encode
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.execution import Event, Execution
from postroom.model.record import Record

PAGE = 200
Write = Callable[[str], object]

RECORD_COLUMNS = tuple(Record.__dataclass_fields__)
EVENT_COLUMNS = (
    *("execution_id", "email_id", "mailbox_id", "workflow", "version", "status", "final_state", "run"),
    *("cursor", "at", "kind", "node_id", "attempt", "output", "note", "failure"),
)


class Subject(StrEnum):
    """What is exported."""

    RECORDS = "records"
    EXECUTIONS = "executions"


class ExportForm(StrEnum):
    """How it is written: one JSON object a line, or CSV with a header."""

    NDJSON = "ndjson"
    CSV = "csv"


async def export(
    stores: Stores, subject: Subject, form: ExportForm, *, write: Write, tell: Callable[[int], None]
) -> int:
    """Write everything of a subject through `write`, oldest records or newest executions first; return how many rows.

    As CSV an execution has one row per event. `tell` gets the number of records or executions so far.
    """
    lines = _records(stores, form) if subject is Subject.RECORDS else _executions(stores, form)
    if form is ExportForm.CSV:
        write(_csv(RECORD_COLUMNS if subject is Subject.RECORDS else EVENT_COLUMNS))
    count = 0
    async for text in lines:
        count += 1
        write(text)
        tell(count)
    return count


async def _records(stores: Stores, form: ExportForm) -> AsyncIterator[str]:
    async for record in every(lambda after: stores.records.list(after=after, limit=PAGE)):
        if form is ExportForm.NDJSON:
            yield encode(record) + "\n"
        else:
            yield _csv([_cell(getattr(record, name)) for name in RECORD_COLUMNS])


async def _executions(stores: Stores, form: ExportForm) -> AsyncIterator[str]:
    async for execution in every(lambda after: stores.executions.list(after=after, limit=PAGE)):
        events = await events_of(stores, execution.id)
        if form is ExportForm.NDJSON:
            shown = ",".join(encode(event) for event in events)
            yield f'{{"execution":{encode(execution)},"events":[{shown}]}}\n'
        else:
            yield "".join(_csv(_event_row(execution, event)) for event in events)


def _event_row(execution: Execution, event: Event) -> list[str]:
    failure = f"{event.failure.code}: {event.failure.message}" if event.failure else ""
    known = {"failure": failure}
    return [
        known[name] if name in known else _cell(getattr(execution if hasattr(execution, name) else event, name))
        for name in EVENT_COLUMNS
    ]


def _csv(cells: tuple[str, ...] | list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    """Return a cell; one that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(value, tuple):
        value = " ".join(str(part) for part in value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
