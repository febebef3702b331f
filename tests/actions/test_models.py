"""Putting a model in use and going back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from actions.training_case import SHELF, Told, example, examples, put, workshop
from contracts.store_nouns import START
from empty_store import open_stores_at
from postroom.actions.desk import Desk
from postroom.actions.models import (
    STARTER,
    Workshop,
    models,
    opened,
    order_promotion,
    promote_model,
    promote_starter,
    roll_back,
    unlearnt_parts,
)
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.actions.training_material import is_held_out, whole
from postroom.errors import ConfigurationError, ConflictError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.search import ArticleSearch
from postroom.model.example import Example
from postroom.model.judgement import Judgement
from postroom.model.trained_model import ModelId, ModelState, TrainedModel
from postroom.responders.articles import ArticleResponder


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


@pytest.fixture
async def shop(stores: Stores, tmp_path: Path) -> Workshop:
    """Mail of which nobody knows the answer: nothing is judged again."""
    await put(stores, examples(30))
    return workshop(stores, tmp_path)


@pytest.fixture
async def told(stores: Stores, tmp_path: Path) -> Workshop:
    """Mail that a person let an article answer."""
    names = ("claims", "contract")
    found = [example(number, names[number % 2], article_ids=(SHELF.articles[number % 2].id,)) for number in range(40)]
    await put(stores, found)
    shop = workshop(stores, tmp_path)
    await stores.judgements.put([judged(one, shop.ground.name) for one in found])
    return shop


def judged(one: Example, model: str) -> Judgement:
    return Judgement(example_id=one.id, model=model, category=one.category, score=0.9, right=True, at=one.at, seen=True)


async def trained(shop: Workshop, seed: int) -> TrainedModel:
    return (await train(shop, TrainingOrder(seed=seed, promotion=Promotion.NEVER), Told())).model


async def test_a_promotion_can_be_undone_in_one_step_and_then_the_one_before(stores: Stores, shop: Workshop) -> None:
    first, second = await trained(shop, 0), await trained(shop, 1)
    await promote_model(shop, first.id, Told())
    await promote_model(shop, second.id, Told())
    was, now = await roll_back(shop)
    assert (was and was.id, now and now.id) == (second.id, first.id)
    was, now = await roll_back(shop)
    assert (was and was.id, now) == (first.id, None)
    with pytest.raises(ConflictError) as caught:
        await roll_back(shop)
    assert caught.value.hint
    assert [one.state for one in (await models(stores)).rows] == [ModelState.REPLACED, ModelState.REPLACED]


async def test_the_starter_model_is_put_in_use_by_its_name_and_left_again(stores: Stores, shop: Workshop) -> None:
    with pytest.raises(ConflictError):
        await promote_starter(shop)
    first = await trained(shop, 0)
    await promote_model(shop, first.id, Told())
    await promote_starter(shop)
    assert await stores.models.in_use() is None
    was, now = await roll_back(shop)
    assert (was, now and now.id) == (None, first.id)
    history = (await stores.models.history()).rows
    assert [(one.model_id, one.by) for one in history] == [(first.id, "ann"), (None, "ann"), (first.id, "ann")]


async def test_models_promoted_in_turn_are_rolled_back_one_by_one_and_not_to_and_fro(shop: Workshop) -> None:
    first, second = await trained(shop, 0), await trained(shop, 1)
    for one in (first, second, first):
        await promote_model(shop, one.id, Told())
    walked = [(await roll_back(shop))[1] for _ in range(3)]
    assert [one and one.id for one in walked] == [second.id, first.id, None]


async def test_a_promotion_of_the_starter_model_can_be_left_to_a_job(stores: Stores, shop: Workshop) -> None:
    desk = Desk(stores=stores, clock=shop.clock, by="ann")
    with pytest.raises(ConflictError):
        await order_promotion(desk, STARTER)
    await promote_model(shop, (await trained(shop, 0)).id, Told())
    job = await order_promotion(desk, STARTER)
    assert job.order == {"model_id": "starter"}


async def test_reviewed_mail_is_judged_again_with_the_new_model(stores: Stores, told: Workshop) -> None:
    model = await trained(told, 0)
    assert await stores.judgements.of_model(model.name) == ()
    await promote_model(told, model.id, Told())
    judged = await stores.judgements.of_model(model.name)
    assert judged
    assert {one.right for one in judged} >= {True}


async def test_no_mail_is_judged_by_a_model_that_has_learnt_it(told: Workshop) -> None:
    model = await trained(told, 0)
    everyone = [one async for one in every(lambda after: told.stores.examples.list(after=after))]
    # Nothing was learnt of mail that was only rejected, yet it is judged, too.
    everyone += [example(number, "", refused_ids=(SHELF.articles[0].id,)) for number in range(100, 110)]
    parts = await unlearnt_parts(told, model, opened(told, model), everyone)
    assert sorted(one.id for part in parts for one in part.examples) == sorted(one.id for one in everyone)
    assert [is_held_out(whole(one)) for one in parts[0].examples] == [True] * len(parts[0].examples)
    names = [part.classifier.name for part in parts if part.classifier]
    assert names[0] == model.name
    assert len(set(names)) == len(parts) == 5


async def test_the_model_in_use_is_judged_again_where_answers_are_drafted_in_a_new_way(
    stores: Stores, told: Workshop
) -> None:
    model = await trained(told, 0)
    await promote_model(told, model.id, Told())
    with pytest.raises(ConflictError):
        await promote_model(told, model.id, Told())
    other = replace(told, responder=ArticleResponder(ArticleSearch(SHELF), languages=("en",)))
    assert other.responder.name != told.responder.name
    assert (await promote_model(other, model.id, Told())).id == model.id
    found = await stores.judgements.of_model(model.name)
    assert {one.responder for one in found} == {told.responder.name, other.responder.name}
    assert len((await stores.models.history()).rows) == 1
    with pytest.raises(ConflictError):
        await promote_model(other, model.id, Told())


async def test_a_model_that_would_be_another_now_is_judged_by_itself_on_mail_that_it_cannot_have_learnt(
    stores: Stores, told: Workshop
) -> None:
    model = replace(await trained(told, 0), created_at=START + timedelta(hours=1))
    before = [one async for one in every(lambda after: stores.examples.list(after=after))]
    later = [example(number, "claims") for number in range(100, 105)]
    await put(stores, later)
    (part,) = await unlearnt_parts(told, model, opened(told, model), [*before, *later])
    assert part.classifier is not None
    assert part.classifier.name == model.name
    held_out = [one for one in before if is_held_out(whole(one))]
    assert held_out
    assert list(part.examples) == [*held_out, *later]


async def test_mail_that_was_rejected_counts_as_wrong_in_the_promise_of_the_next_model(
    stores: Stores, told: Workshop
) -> None:
    rejected = [example(number, "", refused_ids=(SHELF.articles[0].id,)) for number in range(100, 120)]
    await put(stores, rejected)
    wrong = [replace(judged(one, told.ground.name), right=False) for one in rejected]
    await stores.judgements.put(wrong)
    model = await trained(told, 0)
    await promote_model(told, model.id, Told())
    found = await stores.judgements.of_model(model.name)
    assert len(found) == 60
    assert sum(not one.right for one in found) >= 20


async def test_mail_that_is_no_fair_sample_is_not_judged_again(stores: Stores, shop: Workshop) -> None:
    model = await trained(shop, 0)
    await promote_model(shop, model.id, Told())
    assert await stores.judgements.of_model(model.name) == ()


async def test_a_model_whose_file_was_changed_is_refused(stores: Stores, shop: Workshop) -> None:
    model = await trained(shop, 0)
    arrays = shop.folder / model.id / "arrays.npz"
    content = bytearray(arrays.read_bytes())
    content[len(content) // 2] ^= 1
    arrays.write_bytes(bytes(content))
    with pytest.raises(ConfigurationError):
        await promote_model(shop, model.id, Told())
    assert await stores.models.in_use() is None


async def test_another_models_files_under_its_id_are_refused(stores: Stores, shop: Workshop) -> None:
    first, second = await trained(shop, 0), await trained(shop, 1)
    (shop.folder / first.id).rename(shop.folder / "away")
    (shop.folder / second.id).rename(shop.folder / first.id)
    with pytest.raises(ConfigurationError, match="not those"):
        await promote_model(shop, first.id, Told())


async def test_nothing_is_rolled_back_to_a_model_that_is_gone(stores: Stores, shop: Workshop) -> None:
    first, second = await trained(shop, 0), await trained(shop, 1)
    await promote_model(shop, first.id, Told())
    await promote_model(shop, second.id, Told())
    (shop.folder / first.id / "model.json").unlink()
    with pytest.raises(ConfigurationError):
        await roll_back(shop)
    assert getattr(await stores.models.in_use(), "id", None) == second.id


async def test_what_is_in_use_or_not_there_cannot_be_promoted(shop: Workshop) -> None:
    model = await trained(shop, 0)
    await promote_model(shop, model.id, Told())
    with pytest.raises(ConflictError):
        await promote_model(shop, model.id, Told())
    with pytest.raises(NotFoundError):
        await promote_model(shop, ModelId("mo_none"), Told())
