import json
from pathlib import Path

import httpx
import pytest

from api.conftest import Rooms
from api.trial_case import MAIL, open_shop
from contracts.store_models import A, model
from postroom.actions.jobs import MOST_WAITING
from postroom.api import backtests, jobs
from postroom.interfaces.codec import decode
from postroom.model.audit import AuditFilter
from postroom.model.job import JobId
from postroom.model.user import Role
from postroom.trials.order import BacktestOrder, MailOrder, Side

PLACE = "/api/v1/backtests"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(backtests.ROUTER, jobs.ROUTER), Role.AGENT)


async def test_a_backtest_waits_as_a_job_that_its_worker_understands(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.models.add(model(A))
    wanted = {"mail": {**MAIL, "assumed_threshold": 0.7}, "workflow": "support@2", "model": A, "sample": 3}
    asked = await ann.post(PLACE, json=wanted)
    assert asked.status_code == 202
    job = await rooms.stores.jobs.get(JobId(asked.json()["id"]))
    assert decode(BacktestOrder, json.dumps(job.order)) == BacktestOrder(
        mail=MailOrder(mailbox_id="shop", assumed_threshold=0.7), side=Side(workflow="support@2", model=A), sample=3
    )
    noted = (await rooms.stores.audit.list(AuditFilter(act="create_backtest"), limit=9)).rows
    assert [(entry.subject, entry.status) for entry in noted] == [(job.id, 202)]


async def test_a_file_of_the_folder_is_tried(ann: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("text,label\n", encoding="utf-8")
    (tmp_path / "old").mkdir()
    for kind, path in (("csv", "old.csv"), ("mbox", str(tmp_path / "old.csv")), ("maildir", "old")):
        asked = await ann.post(PLACE, json={"mail": {"file": {"kind": kind, "path": path}}})
        assert asked.status_code == 202, asked.text
        assert asked.json()["order"]["mail"]["file"] == {"kind": kind, "path": Path(path).name}
        assert str(tmp_path) not in asked.text


async def test_only_so_many_may_wait(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    for _ in range(MOST_WAITING):
        assert (await ann.post(PLACE, json={"mail": MAIL})).status_code == 202
    refused = await ann.post(PLACE, json={"mail": MAIL})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "cancel" in refused.json()["hint"]
    assert len((await rooms.stores.jobs.list()).rows) == MOST_WAITING


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "link/passwd", "nothing.csv", "a\x00b", "x" * 1_001, "", "~/x", "."]
)
async def test_no_file_outside_of_the_folder_is_read(ann: httpx.AsyncClient, tmp_path: Path, path: str) -> None:
    (tmp_path / "link").symlink_to("/etc")
    asked = await ann.post(PLACE, json={"mail": {"file": {"kind": "csv", "path": path}}})
    assert asked.status_code == 422
    assert (await ann.get("/api/v1/jobs")).json()["rows"] == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"mail": {"mailbox_id": "nowhere"}}, 404),
        ({"workflow": "nothing"}, 404),
        ({"workflow": "support@9"}, 404),
        ({"model": "mo_none"}, 404),
        ({"mail": {}}, 422),
        ({"mail": {"mbox": "/var/mail/root"}}, 422),
        ({"workflow": "evil.yaml"}, 422),
        ({"workflow": "/etc/evil.yaml"}, 422),
        ({"workflow": "support@x"}, 422),
        ({"model": "../linear"}, 422),
        ({"minutes_per_answer": 0}, 422),
        ({"sample": 10_000}, 422),
        ({"mail": {**MAIL, "assumed_threshold": 2}}, 422),
        ({"out": "/tmp/x"}, 422),
    ],
)
async def test_what_is_not_there_or_not_allowed_is_refused_at_once(
    ann: httpx.AsyncClient, wrong: dict[str, object], status: int
) -> None:
    asked = await ann.post(PLACE, json={"mail": MAIL, **wrong})
    assert asked.status_code == status
    assert (await ann.get("/api/v1/jobs")).json()["rows"] == []


async def test_the_mailbox_of_the_settings_and_a_shipped_workflow_need_not_be_stored(ann: httpx.AsyncClient) -> None:
    asked = await ann.post(PLACE, json={"mail": {"mailbox_id": "main"}, "workflow": "customer_support"})
    assert asked.status_code == 202


async def test_who_may_only_look_orders_nothing(rooms: Rooms) -> None:
    viewer = await rooms.client(rooms.app(backtests.ROUTER), Role.VIEWER)
    assert (await viewer.post(PLACE, json={"mail": MAIL})).status_code == 403
