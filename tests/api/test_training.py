import httpx
import pytest

from api.conftest import Rooms
from postroom.api import jobs, training
from postroom.model.audit import AuditFilter
from postroom.model.user import Role

PLACE = "/api/v1/training"


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator, who configures."""
    return await rooms.client(rooms.app(training.ROUTER, jobs.ROUTER), Role.ADMIN)


async def test_a_training_waits_as_a_job(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    asked = await boss.post(PLACE, json={"seed": 7, "promotion": "never"})
    assert asked.status_code == 202
    job = asked.json()
    assert (job["kind"], job["state"], job["by"]) == ("train", "waiting", "admin")
    assert job["order"] == {"seed": 7, "promotion": "never"}
    assert (await boss.get(f"/api/v1/jobs/{job['id']}")).json()["job"] == job
    noted = (await rooms.stores.audit.list(AuditFilter(act="create_training"), limit=9)).rows
    assert [(entry.subject, entry.status) for entry in noted] == [(job["id"], 202)]


async def test_without_a_word_it_is_promoted_only_where_it_is_better(boss: httpx.AsyncClient) -> None:
    assert (await boss.post(PLACE)).json()["order"] == {"seed": 0, "promotion": "if_better"}


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 2**31}, {"seed": True}, {"promotion": "soon"}, {"x": 1}])
async def test_what_is_no_order_is_refused(boss: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    assert (await boss.post(PLACE, json=wrong)).status_code == 422


async def test_only_who_configures_may_train(rooms: Rooms) -> None:
    agent = await rooms.client(rooms.app(training.ROUTER), Role.AGENT)
    assert (await agent.post(PLACE)).status_code == 403
