import json
from dataclasses import replace

import httpx
import pytest

from api.conftest import Rooms
from api.statements import statements_of
from contracts.store_jobs import BROKEN, A, B, C, claim, job
from contracts.store_nouns import at
from postroom.api import jobs
from postroom.bootstrap.trials_run import plain
from postroom.interfaces.stores import Stores
from postroom.model.audit import AuditFilter
from postroom.model.job import JobId, JobKind
from postroom.model.user import Role
from postroom.trials.backtest_tried import Fate
from postroom.trials.compare import CompareReport
from trials.test_report import many, reported

LIST = "/api/v1/jobs"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate."""
    return await rooms.client(rooms.app(jobs.ROUTER), Role.AGENT)


async def finish(stores: Stores, job_id: JobId, kind: JobKind, result: dict[str, object]) -> None:
    """Store a job that has succeeded with this."""
    await stores.jobs.add(job(job_id, kind=kind))
    assert await claim(stores) is not None
    assert await stores.jobs.finish(job_id, worker="w1", result=json.loads(json.dumps(result)), at=at(2))


async def test_jobs_are_listed_newest_first_and_by_kind(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    for job_id, kind in ((A, JobKind.TRAIN), (B, JobKind.COMPARE), (C, JobKind.TRAIN)):
        await rooms.stores.jobs.add(job(job_id, kind=kind))
    first = (await ann.get(LIST, params={"limit": 2})).json()
    rest = (await ann.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["id"] for row in [*first["rows"], *rest["rows"]]] == [C, B, A]
    narrowed = (await ann.get(LIST, params={"kind": "train"})).json()["rows"]
    assert [row["id"] for row in narrowed] == [C, A]
    assert narrowed[0]["order"] == {"seed": 7, "of": ["x", None]}
    assert (await ann.get(LIST, params={"kind": "nonsense"})).status_code == 422


async def test_a_job_shows_how_far_it_is_and_what_came_of_it(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.jobs.add(job())
    await claim(rooms.stores)
    await rooms.stores.jobs.advance(A, worker="w1", done=3, total=9, at=at(2))
    running = (await ann.get(f"{LIST}/{A}")).json()
    assert (running["job"]["state"], running["job"]["done"], running["job"]["total"]) == ("running", 3, 9)
    assert (running["result"], running["has_report"]) == (None, False)
    await rooms.stores.jobs.finish(A, worker="w1", result={"better": True}, at=at(3))
    ended = (await ann.get(f"{LIST}/{A}")).json()
    assert (ended["job"]["state"], ended["result"]) == ("succeeded", {"better": True})
    assert "result" not in (await ann.get(LIST)).json()["rows"][0]


async def test_a_failed_job_says_why(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.jobs.add(job())
    await claim(rooms.stores)
    await rooms.stores.jobs.fail(A, worker="w1", failure=BROKEN, at=at(3))
    failed = (await ann.get(f"{LIST}/{A}")).json()["job"]
    assert (failed["state"], failed["failure"]["message"]) == ("failed", "There are too few texts.")


async def test_a_waiting_job_is_cancelled_a_running_one_asked_to_end_and_an_ended_one_left(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    await rooms.stores.jobs.add(job(A))
    await claim(rooms.stores)
    await rooms.stores.jobs.add(job(B))
    asked = (await ann.post(f"{LIST}/{A}/cancel")).json()
    assert (asked["state"], asked["cancelling"]) == ("running", True)
    assert (await ann.post(f"{LIST}/{B}/cancel")).json()["state"] == "cancelled"
    again = await ann.post(f"{LIST}/{B}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await ann.post(f"{LIST}/jo_none/cancel")).status_code == 404
    assert (await ann.get(f"{LIST}/jo_none")).status_code == 404
    noted = (await rooms.stores.audit.list(AuditFilter(act="cancel_job"), limit=9)).rows
    assert [(entry.subject, entry.status) for entry in noted] == [("jo_none", 404), (B, 409), (B, 200), (A, 200)]


async def test_who_configures_deletes_a_job_that_has_ended(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    boss = await rooms.client(rooms.app(jobs.ROUTER), Role.ADMIN)
    await rooms.stores.jobs.add(job())
    assert (await boss.delete(f"{LIST}/{A}")).status_code == 409
    await rooms.stores.jobs.cancel(A, at=at(1))
    assert (await ann.delete(f"{LIST}/{A}")).status_code == 403
    assert (await boss.delete(f"{LIST}/{A}")).status_code == 204
    assert (await boss.delete(f"{LIST}/{A}")).status_code == 404


async def test_the_report_of_a_backtest_is_a_page_that_runs_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    report = plain(reported(many(2, subject=EVIL, reply=EVIL)))
    await finish(rooms.stores, A, JobKind.BACKTEST, dict(report))
    page = await ann.get(f"{LIST}/{A}/report")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"].startswith(f'attachment; filename="backtest-{A}.html"')
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert EVIL not in page.text
    assert "&lt;script&gt;" in page.text
    assert (await ann.get(f"{LIST}/{A}")).json()["has_report"]


async def test_the_report_of_a_comparison_is_a_page_too(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    fates = {fate.value: 0 for fate in Fate}
    found = CompareReport(
        source="shop",
        before="support@1",
        after="support@2",
        emails=0,
        flips=0,
        changes=(),
        fates_before=fates,
        fates_after=fates,
        listed=(),
    )
    await finish(rooms.stores, A, JobKind.COMPARE, dict(plain(found)))
    page = await ann.get(f"{LIST}/{A}/report")
    assert page.status_code == 200
    assert "support@1 and support@2 compared" in page.text


async def test_what_has_no_report_says_so(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await finish(rooms.stores, A, JobKind.TRAIN, {"better": False})
    await rooms.stores.jobs.add(job(B, kind=JobKind.BACKTEST))
    for job_id in (A, B):
        refused = await ann.get(f"{LIST}/{job_id}/report")
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await ann.get(f"{LIST}/jo_none/report")).status_code == 404


async def test_everybody_looks_and_only_who_operates_cancels(rooms: Rooms) -> None:
    await rooms.stores.jobs.add(job())
    viewer = await rooms.client(rooms.app(jobs.ROUTER), Role.VIEWER)
    assert len((await viewer.get(LIST)).json()["rows"]) == 1
    assert (await viewer.post(f"{LIST}/{A}/cancel")).status_code == 403


async def test_a_list_costs_the_same_whatever_there_is(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.jobs.add(job())
    few = await statements_of(ann, LIST)
    for number in range(30):
        await rooms.stores.jobs.add(replace(job(), id=JobId(f"jo_{number}")))
    assert await statements_of(ann, LIST) == few
