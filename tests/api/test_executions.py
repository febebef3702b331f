from dataclasses import replace

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.mail_case import accept, ask, open_shop
from api.standing_case import open_mailboxes, shop
from api.statements import statements_of
from contracts.store_nouns import arrival, event
from postroom.api import executions, visual_workflows
from postroom.model.control import Wish
from postroom.model.execution import Event, EventKind, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.review import ReviewKind, ReviewStatus
from postroom.model.user import Role
from postroom.model.workflow import WorkflowSlug

BASE = "/api/v1/executions"
S = ExecutionStatus
ALLOWED = {
    "pause": {S.QUEUED, S.RUNNING, S.WAITING},
    "resume": {S.PAUSED},
    "cancel": {S.QUEUED, S.RUNNING, S.WAITING, S.PAUSED},
    "retry": {S.FAILED},
    "rerun": {S.SUCCEEDED, S.FAILED, S.CANCELLED},
}


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent in a shop whose mailbox is open."""
    await open_shop(rooms.stores)
    open_mailboxes(rooms, shop())
    return await rooms.client(rooms.app(executions.ROUTER, visual_workflows.ROUTER), Role.AGENT)


async def stands(rooms: Rooms, number: int, status: ExecutionStatus) -> ExecutionId:
    """Accept a mail and let its execution stand there."""
    await accept(rooms.stores, number)
    execution = await rooms.stores.executions.get(arrival(number).execution_id)
    # A settled one is not written over by a run that is not newer.
    assert await rooms.stores.executions.settle(replace(execution, status=status), ())
    return execution.id


@pytest.mark.parametrize("status", list(ExecutionStatus))
@pytest.mark.parametrize("act", list(ALLOWED))
async def test_each_act_is_allowed_where_it_makes_sense(
    rooms: Rooms, ann: httpx.AsyncClient, status: ExecutionStatus, act: str
) -> None:
    execution_id = await stands(rooms, 1, status)

    answer = await ann.post(f"{BASE}/{execution_id}/{act}")

    expected = 202 if status in ALLOWED[act] else 409
    assert answer.status_code == expected, answer.text
    requests = await rooms.stores.controls.requests()
    made = (await rooms.stores.executions.list()).rows
    if expected == 409:
        assert status.value in answer.json()["detail"]
        assert (requests, len(made), rooms.woken) == ((), 1, [])
    elif act == "rerun":
        assert (requests, len(made), len(rooms.woken)) == ((), 2, 1)
    else:
        assert [(one.execution_id, one.wish, one.by) for one in requests] == [(execution_id, Wish(act), "agent")]
        assert len(rooms.woken) == 1


@pytest.mark.parametrize("status", list(ExecutionStatus))
@pytest.mark.parametrize("act", ["pause", "resume", "cancel"])
async def test_the_visual_view_allows_the_same(
    rooms: Rooms, ann: httpx.AsyncClient, status: ExecutionStatus, act: str
) -> None:
    execution_id = await stands(rooms, 1, status)

    answer = await ann.post(f"/api/v1/visual/workflows/support/{act}", json={"execution_id": execution_id})

    assert answer.status_code == (202 if status in ALLOWED[act] else 409)


async def test_a_rerun_is_a_new_execution_on_the_version_in_use(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1, kind=ReviewKind.FAILURE)
    slug = WorkflowSlug("support")
    newer = await rooms.stores.workflows.save(
        replace(await rooms.stores.workflows.current(slug), title="Newer"), at=NOW
    )

    answer = await ann.post(f"{BASE}/{review.execution_id}/rerun", json={"dry_run": False})

    assert answer.status_code == 202
    (made,) = answer.json()["executions"]
    execution = await rooms.stores.executions.get(ExecutionId(made["execution_id"]))
    assert (execution.version, execution.dry_run, execution.status) == (newer.version, False, S.QUEUED)
    assert execution.email_id == review.email_id
    assert (await rooms.stores.executions.get(ExecutionId(review.execution_id))).status is S.FAILED
    # What was asked about the old failure is answered by the new execution.
    assert (await rooms.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED


async def test_a_rerun_under_the_same_key_is_the_same_execution(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await stands(rooms, 1, S.SUCCEEDED)
    other_id = await stands(rooms, 2, S.SUCCEEDED)
    key = {"Idempotency-Key": "again-1"}

    first = await ann.post(f"{BASE}/{execution_id}/rerun", headers=key)
    second = await ann.post(f"{BASE}/{execution_id}/rerun", headers=key)
    other = await ann.post(f"{BASE}/{other_id}/rerun", headers=key)

    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await rooms.stores.executions.list()).rows) == 3


async def test_what_came_to_a_removed_mailbox_is_not_rerun(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await stands(rooms, 1, S.SUCCEEDED)
    open_mailboxes(rooms, shop("other"))
    ann = await rooms.client(rooms.app(executions.ROUTER), Role.AGENT)

    answer = await ann.post(f"{BASE}/{execution_id}/rerun")

    assert answer.status_code == 409
    assert "removed" in answer.json()["detail"]


async def test_one_execution_reads_node_by_node(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await stands(rooms, 1, S.RUNNING)
    first = (await rooms.stores.workflows.current(WorkflowSlug("support"))).nodes[0].id
    done = replace(event(execution_id, EventKind.NODE_SUCCEEDED, node=first), output="main", note="seen")
    await rooms.stores.executions.record((event(execution_id, EventKind.NODE_STARTED, node=first), done))

    found = (await ann.get(f"{BASE}/{execution_id}")).json()

    assert found["subject"] == "execution"
    assert found["execution"]["status"] == "running"
    statuses = [node["status"] for node in found["nodes"]]
    assert statuses == ["succeeded", *["pending"] * (len(statuses) - 1)]
    assert found["nodes"][0]["note"] == "seen"
    assert found["nodes"][0]["progress"] == 1
    assert found["progress"] == round(1 / len(statuses), 4)


async def test_the_events_of_one_execution_come_page_by_page(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await stands(rooms, 1, S.RUNNING)
    await stands(rooms, 2, S.RUNNING)
    wanted: list[Event] = [event(execution_id, EventKind.NODE_STARTED, node="in", attempt=one) for one in range(1, 6)]
    await rooms.stores.executions.record(wanted)

    seen: list[tuple[str, int]] = []
    after = ""
    while True:
        page = (await ann.get(f"{BASE}/{execution_id}/events?limit=2{after}")).json()
        assert len(page["rows"]) <= 2
        seen += [(one["kind"], one["attempt"]) for one in page["rows"]]
        if page["next_cursor"] is None:
            break
        after = f"&after={page['next_cursor']}"

    assert seen == [("execution_queued", 1), *(("node_started", one) for one in range(1, 6))]
    assert (await ann.get(f"{BASE}/{execution_id}/events?after=x")).status_code == 422
    assert (await ann.get(f"{BASE}/nothing/events")).status_code == 404


async def test_the_list_is_narrowed_by_each_filter(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    failed = await stands(rooms, 1, S.FAILED)
    queued = await stands(rooms, 2, S.QUEUED)

    async def ids(query: str) -> list[str]:
        answer = await ann.get(f"{BASE}?{query}")
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["rows"]]

    assert await ids("") == [queued, failed]
    assert await ids("status=failed") == [failed]
    assert await ids("workflow=other") == []
    assert await ids("workflow=support&status=queued") == [queued]
    assert await ids("mailbox_id=shop&final_state=answered") == []
    assert await ids(f"email_id={arrival(1).email_id}") == [failed]
    assert await ids("until=2026-03-01T09:02:00Z") == [failed]
    assert await ids("since=2026-03-01T09:02:00%2B00:00") == [queued]
    assert await ids("since=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-14:00") == [queued, failed]
    assert (await ann.get(f"{BASE}?since=2026-03-01T09:02:00")).status_code == 422
    assert (await ann.get(f"{BASE}?after=x")).status_code == 422


async def test_a_page_of_executions_costs_the_same_however_many_there_are(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await stands(rooms, 1, S.FAILED)
    one = await statements_of(ann, BASE)
    for number in range(2, 8):
        await stands(rooms, number, S.QUEUED)

    assert await statements_of(ann, BASE) == one
    assert len((await rooms.stores.executions.list(ExecutionFilter())).rows) == 7


async def test_a_viewer_may_look_but_not_act(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    execution_id = await stands(rooms, 1, S.FAILED)
    viewer = await rooms.client(rooms.app(executions.ROUTER), Role.VIEWER)

    assert (await viewer.get(f"{BASE}/{execution_id}")).status_code == 200
    for act in ALLOWED:
        assert (await viewer.post(f"{BASE}/{execution_id}/{act}")).status_code == 403
