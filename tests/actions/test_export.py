import csv
import io
import json
from dataclasses import replace

import pytest

from contracts.store_nouns import event, execution, record
from postroom.actions.desk import Desk
from postroom.actions.export import EVENT_COLUMNS, RECORD_COLUMNS, ExportForm, Subject, export
from postroom.model.execution import EventKind


@pytest.fixture
async def full(desk: Desk) -> Desk:
    """A desk with two records and one execution."""
    await desk.stores.records.put(record("execution-1"))
    await desk.stores.records.put(replace(record("execution-2"), result='=SUM(1), "x"'))
    await desk.stores.executions.add(execution("execution-1"))
    await desk.stores.executions.record([event("execution-1", EventKind.NODE_FAILED, node="send")])
    return desk


async def written(desk: Desk, subject: Subject, form: ExportForm) -> tuple[str, int]:
    parts: list[str] = []
    count = await export(desk.stores, subject, form, write=parts.append, tell=lambda _: None)
    return "".join(parts), count


async def test_records_are_written_one_json_object_a_line(full: Desk) -> None:
    text, count = await written(full, Subject.RECORDS, ExportForm.NDJSON)
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["execution_id"] for row in rows] == ["execution-1", "execution-2"]
    assert count == 2


async def test_records_as_csv_have_a_header_and_no_formulas(full: Desk) -> None:
    text, _ = await written(full, Subject.RECORDS, ExportForm.CSV)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == RECORD_COLUMNS
    assert rows[1]["result"] == '\'=SUM(1), "x"'
    assert rows[0]["article_ids"] == "refund_when"


async def test_executions_carry_their_events(full: Desk) -> None:
    text, _ = await written(full, Subject.EXECUTIONS, ExportForm.NDJSON)
    (row,) = [json.loads(line) for line in text.splitlines()]
    assert row["execution"]["id"] == "execution-1"
    assert [one["kind"] for one in row["events"]] == ["node_failed"]


async def test_executions_as_csv_have_a_row_per_event(full: Desk) -> None:
    text, _ = await written(full, Subject.EXECUTIONS, ExportForm.CSV)
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert tuple(row) == EVENT_COLUMNS
    assert (row["kind"], row["node_id"], row["status"]) == ("node_failed", "send", "queued")
    assert (row["execution_id"], row["workflow"]) == ("execution-1", "support")
