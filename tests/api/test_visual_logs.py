import json
from dataclasses import replace

import httpx
import pytest

from api.conftest import Rooms
from api.mail_case import accept, open_shop
from contracts.store_nouns import arrival, event
from postroom.api import visual_logs
from postroom.model.execution import EventKind, ExecutionId, ExecutionStatus
from postroom.model.user import Role

BASE = "/api/v1/visual/workflows/support"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """A viewer of a shop."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(visual_logs.ROUTER), Role.VIEWER)


async def running(rooms: Rooms) -> ExecutionId:
    await accept(rooms.stores, 1)
    execution = await rooms.stores.executions.get(arrival(1).execution_id)
    await rooms.stores.executions.settle(replace(execution, status=ExecutionStatus.RUNNING), ())
    return execution.id


async def test_the_log_is_filtered_and_paged_in_both_orders(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await running(rooms)
    kinds = [EventKind.NODE_STARTED, EventKind.NODE_RETRYING, EventKind.NODE_FAILED, EventKind.EXECUTION_FAILED]
    for minute, kind in enumerate(kinds, start=10):
        node = "" if kind is EventKind.EXECUTION_FAILED else "in"
        one = replace(event(execution_id, kind, node=node, minute=minute), workflow="support")
        await rooms.stores.executions.record((one,))

    async def seen(query: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = await ann.get(f"{BASE}/logs?limit=2&{query}{cursor}")
            assert page.status_code == 200, page.text
            found += [one["kind"] for one in page.json()["rows"]]
            if page.json()["next_cursor"] is None:
                return found
            cursor = f"&after={page.json()['next_cursor']}"

    everything = ["execution_queued", *(kind.value for kind in kinds)]
    assert await seen("order=oldest") == everything
    assert await seen("") == everything[::-1]
    assert await seen("level=warning&order=oldest") == everything[2:]
    assert await seen("level=error") == everything[:2:-1]
    assert await seen("level=error&kind=node_started") == []
    assert await seen("kind=node_retrying") == ["node_retrying"]
    assert await seen(f"node=in&order=oldest&execution_id={execution_id}") == everything[1:4]
    assert await seen("since=2026-03-01T09:11:00Z&until=2026-03-01T09:13:00Z&order=oldest") == everything[2:4]
    assert (await ann.get(f"{BASE}/logs?after=x")).status_code == 422
    assert (await ann.get(f"{BASE}/logs?after={'9' * 30}")).status_code == 422


async def test_the_log_is_downloaded_line_by_line(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await running(rooms)
    many = [
        replace(event(execution_id, EventKind.NODE_RETRYING, node="in", attempt=attempt), workflow="support")
        for attempt in range(1, 1202)
    ]
    await rooms.stores.executions.record(many)

    answer = await ann.get(f"{BASE}/logs/download?level=warning")

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert 'filename="support-events.ndjson"' in answer.headers["content-disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["attempt"] for line in lines] == list(range(1, 1202))
    assert (await ann.get(f"{BASE}/logs/download?level=error")).text == ""


async def test_the_file_of_one_execution_is_named_after_it_and_nothing_keeps_it(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    execution_id = await running(rooms)
    answer = await ann.get(f"{BASE}/logs/download?execution_id={execution_id}")
    assert f'filename="{execution_id}-events.ndjson"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert {json.loads(line)["execution_id"] for line in answer.text.splitlines()} == {execution_id}


@pytest.mark.parametrize("path", ["logs", "logs/download"])
@pytest.mark.parametrize(
    "query", ["execution_id=nothing", f"execution_id={'x' * 201}", "level=loud", "since=yesterday"]
)
async def test_what_cannot_be_looked_up_is_refused(ann: httpx.AsyncClient, path: str, query: str) -> None:
    answer = await ann.get(f"{BASE}/{path}?{query}")
    assert answer.status_code == (404 if query == "execution_id=nothing" else 422)


async def test_who_is_not_logged_in_reads_no_log(rooms: Rooms) -> None:
    stranger = await rooms.client(rooms.app(visual_logs.ROUTER), None)
    for path in ("logs", "logs/download"):
        assert (await stranger.get(f"{BASE}/{path}")).status_code == 401
