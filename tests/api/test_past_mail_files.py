import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.asgi_call import HOST, Call
from api.conftest import Rooms
from api.trial_case import open_shop
from postroom.actions.accounts_fence import Fence
from postroom.actions.past_mail import MOST_KEPT, SUBFOLDER
from postroom.actions.trials import file_inside
from postroom.api import backtests, comparisons, jobs, past_mail_files
from postroom.api.app import create_app
from postroom.api.office import Limits
from postroom.interfaces.codec import decode
from postroom.model.audit import AuditFilter
from postroom.model.job import JobId, JobKind
from postroom.model.user import Role
from postroom.trials.order import BacktestOrder

PLACE = "/api/v1/past-mail"
ROUTERS = (past_mail_files.ROUTER, backtests.ROUTER, comparisons.ROUTER, jobs.ROUTER)
MBOX = b"From a@x.example Mon Nov  2 09:00:00 2026\nSubject: Hello\n\nWhere is my parcel?\n"
CSV = b"text,label\nWhere is my parcel?,delivery\n"
LINES = b'{"text": "Where is my parcel?", "label": "delivery"}\n'
AS_MBOX = {"Content-Type": "application/mbox"}
AS_CSV = {"Content-Type": "text/csv; charset=utf-8"}


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(*ROUTERS), Role.AGENT)


async def sent(client: httpx.AsyncClient, content: bytes = MBOX, kind: str = "application/mbox", name: str = "") -> str:
    answer = await client.post(PLACE, params={"name": name}, content=content, headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text
    found = answer.json()["id"]
    assert isinstance(found, str)
    return found


def all_in(folder: Path) -> set[Path]:
    return {*folder.rglob("*")}


def left_in(folder: Path) -> list[Path]:
    there = folder / SUBFOLDER
    return [*there.glob("[!.]*")] if there.is_dir() else []


async def test_a_file_is_sent_listed_and_deleted(rooms: Rooms, ann: httpx.AsyncClient, tmp_path: Path) -> None:
    one, other = await sent(ann, name="old.mbox"), await sent(ann, CSV, "text/csv")
    read = (await ann.get(f"{PLACE}/{one}")).json()
    assert (read["name"], read["kind"], read["size_bytes"], read["by"]) == ("old.mbox", "mbox", len(MBOX), "agent")
    assert (read["at"], read["deleted_at"]) == ("2026-11-02T09:00:00Z", "2026-12-02T09:00:00Z")
    first = (await ann.get(PLACE, params={"limit": 1})).json()
    rest = (await ann.get(PLACE, params={"after": first["next_cursor"]})).json()
    # Newest first; of one moment by id.
    assert [row["id"] for row in [*first["rows"], *rest["rows"]]] == sorted((one, other), reverse=True)
    assert len(first["rows"]) == len(rest["rows"]) == 1
    for file_id in (one, other):
        assert (await ann.delete(f"{PLACE}/{file_id}")).status_code == 204
        assert (await ann.get(f"{PLACE}/{file_id}")).status_code == 404
    assert left_in(tmp_path) == []
    noted = (await rooms.stores.audit.list(AuditFilter(act="upload_past_mail"), limit=9)).rows
    assert [(entry.subject, entry.detail, entry.status) for entry in noted] == [
        (other, f"csv, {len(CSV)} bytes", 201),
        (one, f"mbox, {len(MBOX)} bytes", 201),
    ]


async def test_it_can_be_tried_by_its_id(rooms: Rooms, ann: httpx.AsyncClient, tmp_path: Path) -> None:
    file_id = await sent(ann)
    asked = await ann.post("/api/v1/backtests", json={"mail": {"mailbox_id": "shop", "past_mail_id": file_id}})
    assert asked.status_code == 202, asked.text
    assert asked.json()["order"]["mail"]["file"] == {"kind": "mbox", "path": f"past_mail/{file_id}.mbox"}
    # What the job does with it: the same fence leads to the same bytes.
    order = decode(BacktestOrder, json.dumps((await rooms.stores.jobs.get(JobId(asked.json()["id"]))).order))
    found = file_inside(order.mail, Fence(folder=tmp_path, private_allowed=False))
    assert found is not None
    assert found.read_bytes() == MBOX
    sides = {"before": "support@1", "after": "support@2"}
    compared = await ann.post("/api/v1/comparisons", json={"mail": {"past_mail_id": file_id}, **sides})
    assert compared.status_code == 202, compared.text


async def test_json_lines_are_for_importing(ann: httpx.AsyncClient) -> None:
    for kind in ("application/x-ndjson", "application/jsonl"):
        file_id = await sent(ann, LINES, kind)
        refused = await ann.post("/api/v1/backtests", json={"mail": {"past_mail_id": file_id}})
        assert (refused.status_code, refused.json()["code"]) == (422, "input")


async def test_what_is_not_there_is_not_tried(ann: httpx.AsyncClient) -> None:
    for name, status in ((f"pm_{'0' * 32}", 404), ("pm_1", 422), ("../x", 422), ("", 422)):
        asked = await ann.post("/api/v1/backtests", json={"mail": {"past_mail_id": name}})
        assert asked.status_code == status


async def test_an_import_waits_as_a_job(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    boss = await rooms.client(rooms.app(*ROUTERS), Role.ADMIN)
    table, mail = await sent(ann, CSV, "text/csv"), await sent(ann)
    asked = await boss.post(f"{PLACE}/{table}/import")
    assert (asked.status_code, asked.json()["kind"]) == (202, JobKind.IMPORT)
    assert asked.json()["order"] == {"past_mail_id": table, "label": "", "dry_run": False}
    labelled = await boss.post(f"{PLACE}/{mail}/import", json={"label": " delivery ", "dry_run": True})
    assert labelled.json()["order"] == {"past_mail_id": mail, "label": "delivery", "dry_run": True}
    for file_id, wrong, status in (
        (mail, {}, 422),
        (mail, {"label": "  "}, 422),
        (table, {"label": "delivery"}, 422),
        (table, {"path": "/etc/passwd"}, 422),
        (f"pm_{'0' * 32}", {}, 404),
    ):
        assert (await boss.post(f"{PLACE}/{file_id}/import", json=wrong)).status_code == status
    assert len((await rooms.stores.jobs.list()).rows) == 2


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "application/gzip", "text/plain", "multipart/form-data", "text/csvx"]
)
async def test_another_kind_of_body_is_refused(ann: httpx.AsyncClient, tmp_path: Path, kind: str) -> None:
    refused = await ann.post(PLACE, content=MBOX, headers={"Content-Type": kind})
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")
    assert (await ann.post(PLACE, content=MBOX, headers={**AS_MBOX, "Content-Encoding": "gzip"})).status_code == 415
    assert (await ann.post(PLACE, content=MBOX)).status_code == 415
    assert left_in(tmp_path) == []


async def test_what_is_not_what_it_says_is_refused(ann: httpx.AsyncClient, tmp_path: Path) -> None:
    for content in (b"", CSV, b"\x1f\x8b\x08"):
        refused = await ann.post(PLACE, content=content, headers=AS_MBOX)
        assert (refused.status_code, refused.json()["code"]) == (422, "input")
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/x", "x"),
        ("C:\\Windows\\old.csv", "old.csv"),
        ("..", "past mail.csv"),
        ("/", "past mail.csv"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie_ x"),
        ("NUL", "_NUL"),
        ("x" * 200, "x" * 150),
    ],
)
async def test_a_name_leads_nowhere(ann: httpx.AsyncClient, tmp_path: Path, name: str, kept: str) -> None:
    before = all_in(tmp_path)
    file_id = await sent(ann, CSV, "text/csv", name)
    assert (await ann.get(f"{PLACE}/{file_id}")).json()["name"] == kept
    made = all_in(tmp_path) - before - {tmp_path / SUBFOLDER, tmp_path / SUBFOLDER / ".lock"}
    assert made == {tmp_path / SUBFOLDER / f"{file_id}{ending}" for ending in (".csv", ".json")}


@pytest.mark.parametrize("name", ["a\x00b", "x" * 201])
async def test_a_name_that_is_none_is_refused(ann: httpx.AsyncClient, name: str) -> None:
    assert (await ann.post(PLACE, params={"name": name}, content=CSV, headers=AS_CSV)).status_code == 422


@pytest.mark.parametrize("odd", ["nothing", "..%2f..%2fetc%2fpasswd", "%2e%2e", "pm_*", "%00", "a" * 2_000])
async def test_an_id_leads_nowhere(ann: httpx.AsyncClient, odd: str) -> None:
    await sent(ann)
    for answer in (await ann.get(f"{PLACE}/{odd}"), await ann.delete(f"{PLACE}/{odd}")):
        assert answer.status_code == 404
    assert len((await ann.get(PLACE)).json()["rows"]) == 1


async def test_only_so_many_are_kept(ann: httpx.AsyncClient) -> None:
    for _ in range(MOST_KEPT):
        await sent(ann)
    refused = await ann.post(PLACE, content=MBOX, headers=AS_MBOX)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_who_may_only_look_and_who_is_nobody_send_nothing(
    rooms: Rooms, ann: httpx.AsyncClient, tmp_path: Path
) -> None:
    file_id = await sent(ann)
    for role, status in ((Role.VIEWER, 403), (None, 401)):
        client = await rooms.client(rooms.app(*ROUTERS), role)
        assert (await client.post(PLACE, content=MBOX, headers=AS_MBOX)).status_code == status
        assert (await client.get(PLACE)).status_code == status
        assert (await client.delete(f"{PLACE}/{file_id}")).status_code == status
    assert (await ann.post(f"{PLACE}/{file_id}/import", json={"label": "x"})).status_code == 403
    assert len(left_in(tmp_path)) == 2


LIMITS = Limits(body_bytes=1_000, past_mail_bytes=5_000, linger_seconds=0.05)


async def call_of(rooms: Rooms, limits: Limits, parts: list[bytes]) -> tuple[Call, tuple[tuple[str, str], ...]]:
    app = create_app(replace(rooms.office, limits=limits), ROUTERS)
    known = ("Authorization", f"Bearer {await rooms.token(Role.AGENT)}")
    return Call(app, parts), (HOST, known, ("Content-Type", "application/mbox"))


async def test_more_than_a_body_may_hold_is_taken_up_to_the_limit(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, LIMITS, [MBOX, *[b"x" * 500] * 9])
    assert await call("POST", PLACE, *headers) == 201
    assert {file.stat().st_size for file in left_in(tmp_path) if file.suffix == ".mbox"} == {len(MBOX) + 4_500}


async def test_one_that_says_it_is_too_large_is_refused_before_it_is_read(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, LIMITS, [MBOX])
    assert await call("POST", PLACE, *headers, ("Content-Length", "5001")) == 413
    assert call.taken_when_answered == 0
    assert left_in(tmp_path) == []


async def test_one_that_grows_too_large_is_cut_off_and_nothing_of_it_stays(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, LIMITS, [MBOX, *[b"x" * 1_000] * 50])
    assert await call("POST", PLACE, *headers) == 413
    assert call.taken_when_answered == 6
    assert left_in(tmp_path) == []
    noted = (await rooms.stores.audit.list(AuditFilter(act="upload_past_mail"), limit=9)).rows
    assert [entry.status for entry in noted] == [413]


async def test_one_that_falls_silent_is_refused_and_nothing_of_it_stays(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, replace(LIMITS, body_seconds=0.05), [MBOX])
    assert await call("POST", PLACE, *headers, endless=True) == 408
    assert "Nothing more of the body came" in str(call.problem["detail"])
    assert left_in(tmp_path) == []


async def test_one_that_drips_is_refused_once_its_time_is_over(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, replace(LIMITS, past_mail_seconds=0.05), [MBOX])
    assert await call("POST", PLACE, *headers, endless=True) == 408
    assert "not complete within 0.05 seconds" in str(call.problem["detail"])
    assert left_in(tmp_path) == []


async def test_one_that_is_cut_off_leaves_nothing(rooms: Rooms, tmp_path: Path) -> None:
    call, headers = await call_of(rooms, LIMITS, [MBOX])
    call.cut = True
    assert await call("POST", PLACE, *headers, ("Content-Length", "5000")) == 422
    assert call.problem["detail"] == "The file broke off."
    assert left_in(tmp_path) == []
    noted = (await rooms.stores.audit.list(AuditFilter(act="upload_past_mail"), limit=9)).rows
    assert [entry.status for entry in noted] == [422]
