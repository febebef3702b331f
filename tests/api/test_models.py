"""Models over HTTP: tiny real ones, promoted and rolled back."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from actions.training_case import SHELF, Told, example, put, workshop
from api.conftest import Rooms
from api.statements import statements_of
from contracts.store_models import A, model
from contracts.store_nouns import at
from postroom.actions.desk import Desk
from postroom.actions.models import Workshop, promote_model, promote_starter
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.api import models
from postroom.api.office import ModelsHere
from postroom.model.audit import AuditFilter
from postroom.model.trained_model import ModelId
from postroom.model.user import Role

LIST = "/api/v1/models"


@pytest.fixture
async def shop(rooms: Rooms, tmp_path: Path) -> Workshop:
    """A workshop with forty reviewed mails, which the office has, too."""
    names = ("claims", "contract")
    found = [example(number, names[number % 2], article_ids=(SHELF.articles[number % 2].id,)) for number in range(40)]
    await put(rooms.stores, found)
    made = workshop(rooms.stores, tmp_path)

    async def given(desk: Desk) -> Workshop:
        return replace(made, by=desk.by)

    rooms.office = replace(rooms.office, models=ModelsHere(workshop=given))
    return made


@pytest.fixture
async def boss(rooms: Rooms, shop: Workshop) -> httpx.AsyncClient:
    """An administrator, who configures."""
    del shop
    return await rooms.client(rooms.app(models.ROUTER), Role.ADMIN)


async def trained(shop: Workshop, seed: int) -> ModelId:
    """Train a model and leave it as a candidate."""
    return (await train(shop, TrainingOrder(seed=seed, promotion=Promotion.NEVER), Told())).model.id


async def test_models_are_rolled_back_one_after_the_other(
    rooms: Rooms, shop: Workshop, boss: httpx.AsyncClient
) -> None:
    first, second = await trained(shop, 0), await trained(shop, 1)
    assert (await boss.post(f"{LIST}/rollback")).status_code == 409
    for one in (first, second):
        await promote_model(shop, one, Told())
    back = (await boss.post(f"{LIST}/rollback")).json()
    assert (back["before"]["id"], back["before"]["state"], back["now"]["id"]) == (second, "replaced", first)
    assert (await boss.post(f"{LIST}/rollback")).json()["now"] is None
    assert len(rooms.woken) == 2
    noted = (await rooms.stores.audit.list(AuditFilter(act="roll_back_model"), limit=9)).rows
    assert [(entry.subject, entry.detail, entry.status) for entry in noted] == [
        (first, "now the one of the installation", 200),
        (second, f"now {first}", 200),
        ("", "", 409),
    ]


async def test_a_promotion_waits_as_a_job(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await rooms.stores.models.add(model(A))
    asked = await boss.post(f"{LIST}/{A}/promote")
    assert asked.status_code == 202
    body = asked.json()
    assert (body["kind"], body["state"], body["order"]) == ("promote", "waiting", {"model_id": A})
    assert (await boss.get(f"{LIST}/{A}")).json()["state"] == "candidate"
    noted = (await rooms.stores.audit.list(AuditFilter(act="promote_model"), limit=9)).rows
    assert [(entry.subject, entry.detail, entry.status) for entry in noted] == [(A, body["id"], 202)]
    await rooms.stores.models.promote(A, instead_of=None, at=at(1))
    again = await boss.post(f"{LIST}/{A}/promote")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_the_model_of_the_installation_is_put_in_use_and_left_again(
    rooms: Rooms, shop: Workshop, boss: httpx.AsyncClient
) -> None:
    assert (await boss.post(f"{LIST}/starter/promote")).status_code == 409
    first = await trained(shop, 0)
    await promote_model(shop, first, Told())
    assert (await boss.post(f"{LIST}/starter/promote")).json()["order"] == {"model_id": "starter"}
    await promote_starter(shop)
    back = (await boss.post(f"{LIST}/rollback")).json()
    assert (back["before"], back["now"]["id"]) == (None, first)


async def test_one_model_shows_every_figure_and_the_list_the_short_ones(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await rooms.stores.models.add(model(A))
    (row,) = (await boss.get(LIST)).json()["rows"]
    assert row["figures"] == {"accuracy": 0.9}
    assert (await boss.get(f"{LIST}/{A}")).json()["figures"] == {"accuracy": 0.9, "flips": ["one", {"from": None}]}


async def test_what_is_not_there_is_not_found(boss: httpx.AsyncClient) -> None:
    assert (await boss.get(f"{LIST}/mo_none")).status_code == 404
    assert (await boss.post(f"{LIST}/mo_none/promote")).status_code == 404


async def test_everybody_looks_and_only_who_configures_acts(rooms: Rooms, shop: Workshop) -> None:
    del shop
    await rooms.stores.models.add(model(A))
    agent = await rooms.client(rooms.app(models.ROUTER), Role.AGENT)
    assert len((await agent.get(LIST)).json()["rows"]) == 1
    assert (await agent.post(f"{LIST}/{A}/promote")).status_code == 403
    assert (await agent.post(f"{LIST}/rollback")).status_code == 403


async def test_a_list_is_paged_and_costs_the_same_whatever_there_is(rooms: Rooms, boss: httpx.AsyncClient) -> None:
    await rooms.stores.models.add(model(A))
    few = await statements_of(boss, LIST)
    for number in range(5):
        await rooms.stores.models.add(model(ModelId(f"mo_{number}")))
    assert await statements_of(boss, LIST) == few
    first = (await boss.get(LIST, params={"limit": 4})).json()
    rest = (await boss.get(LIST, params={"after": first["next_cursor"]})).json()
    assert [row["id"] for row in [*first["rows"], *rest["rows"]]] == ["mo_4", "mo_3", "mo_2", "mo_1", "mo_0", A]


async def test_without_a_workshop_nothing_is_rolled_back(rooms: Rooms) -> None:
    boss = await rooms.client(rooms.app(models.ROUTER), Role.ADMIN)
    assert (await boss.post(f"{LIST}/rollback")).status_code == 422
