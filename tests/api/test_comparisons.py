import json

import httpx
import pytest

from api.conftest import Rooms
from api.trial_case import MAIL, open_shop
from contracts.store_models import A, model
from postroom.api import comparisons, jobs
from postroom.interfaces.codec import decode
from postroom.model.audit import AuditFilter
from postroom.model.job import JobId
from postroom.model.user import Role
from postroom.trials.order import CompareOrder, MailOrder, Side

PLACE = "/api/v1/comparisons"
SIDES: dict[str, object] = {"mail": MAIL, "before": "support@1", "after": "support@2"}


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent, who may operate."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(comparisons.ROUTER, jobs.ROUTER), Role.AGENT)


async def test_a_comparison_waits_as_a_job_that_its_worker_understands(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    asked = await ann.post(PLACE, json=SIDES)
    assert asked.status_code == 202
    job = await rooms.stores.jobs.get(JobId(asked.json()["id"]))
    order = decode(CompareOrder, json.dumps(job.order))
    assert order == CompareOrder(mail=MailOrder(mailbox_id="shop"), before="support@1", after="support@2")
    noted = (await rooms.stores.audit.list(AuditFilter(act="create_comparison"), limit=9)).rows
    assert [entry.subject for entry in noted] == [job.id]


async def test_two_models_are_compared_with_one_workflow(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.models.add(model(A))
    wanted = {"mail": MAIL, "before": f"model:{A}", "after": f"model:{A}", "workflow": "support"}
    asked = await ann.post(PLACE, json=wanted)
    job = await rooms.stores.jobs.get(JobId(asked.json()["id"]))
    side = Side(model=A, workflow="support")
    assert decode(CompareOrder, json.dumps(job.order)).sides() == (side, side)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"before": "support@9"}, 404),
        ({"after": "nothing"}, 404),
        ({"after": "model:mo_none"}, 404),
        ({"workflow": "nothing"}, 404),
        ({"mail": {"mailbox_id": "nowhere"}}, 404),
        ({"before": "workflow.yaml"}, 422),
        ({"before": ""}, 422),
        ({"after": "model:../linear"}, 422),
        ({"after": "model:"}, 422),
        ({"workflow": "model:mo_a"}, 422),
    ],
)
async def test_what_is_not_there_or_not_allowed_is_refused_at_once(
    ann: httpx.AsyncClient, wrong: dict[str, object], status: int
) -> None:
    asked = await ann.post(PLACE, json={**SIDES, **wrong})
    assert asked.status_code == status
    assert (await ann.get("/api/v1/jobs")).json()["rows"] == []


async def test_who_may_only_look_orders_nothing(rooms: Rooms) -> None:
    viewer = await rooms.client(rooms.app(comparisons.ROUTER), Role.VIEWER)
    assert (await viewer.post(PLACE, json=SIDES)).status_code == 403
