"""The model in use while a process runs: it follows promotions, and refuses files that were changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.training_case import Told, examples, put, tutor, workshop
from empty_store import open_stores_at
from postroom.actions.models import Workshop, promote_model, roll_back
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.bootstrap.models import InUse, Opening, present_classifier
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import IN_USE
from postroom.interfaces.stores import Stores
from postroom.learning.model_files import save_model
from postroom.model.trained_model import TrainedModel
from postroom.settings import Settings


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


@pytest.fixture
async def shop(stores: Stores, tmp_path: Path) -> Workshop:
    await put(stores, examples(40))
    return workshop(stores, tmp_path)


def following(shop: Workshop) -> InUse:
    opening = Opening(craft=shop.craft, folder=shop.folder)
    return InUse(shop.stores, shop.clock, ground={"linear": shop.ground}, opening=opening)


async def promoted(shop: Workshop, seed: int = 0) -> TrainedModel:
    return (await train(shop, TrainingOrder(seed=seed, promotion=Promotion.ALWAYS), Told())).model


def damage(shop: Workshop, model: TrainedModel) -> None:
    arrays = shop.folder / model.id / "arrays.npz"
    content = bytearray(arrays.read_bytes())
    content[-1] ^= 1
    arrays.write_bytes(bytes(content))


async def test_a_promotion_and_its_undoing_are_followed(shop: Workshop) -> None:
    in_use = following(shop)
    classifiers = in_use.classifiers
    await in_use.refresh()
    assert classifiers["linear"].name == shop.ground.name
    model = await promoted(shop)
    await in_use.refresh()
    assert classifiers["linear"].name == classifiers[IN_USE].name == model.name
    await roll_back(shop)
    await in_use.refresh()
    assert classifiers == {"linear": shop.ground, IN_USE: shop.ground}


async def test_nothing_is_opened_anew_where_nothing_changed(shop: Workshop) -> None:
    in_use = following(shop)
    await promoted(shop)
    await in_use.refresh()
    before = in_use.classifiers["linear"]
    await in_use.refresh()
    assert in_use.classifiers["linear"] is before


async def test_a_model_that_was_changed_raises_an_alarm_and_the_old_one_stays(shop: Workshop) -> None:
    in_use = following(shop)
    first = await promoted(shop)
    await in_use.refresh()
    second = await promoted(shop, seed=1)
    damage(shop, second)
    for _ in range(2):
        await in_use.refresh()
    assert in_use.classifiers["linear"].name == first.name
    (alarm,) = (await shop.stores.alarms.open()).rows
    assert "rollback" in alarm.text
    await roll_back(shop)
    await in_use.refresh()
    assert (await shop.stores.alarms.open()).rows == ()
    assert in_use.classifiers["linear"].name == first.name


async def test_a_model_that_is_mended_is_used_without_a_restart(shop: Workshop) -> None:
    in_use = following(shop)
    model = await promoted(shop)
    good = (shop.folder / model.id / "arrays.npz").read_bytes()
    damage(shop, model)
    await in_use.refresh()
    assert in_use.classifiers["linear"] is shop.ground
    (shop.folder / model.id / "arrays.npz").write_bytes(good)
    await in_use.refresh()
    assert in_use.classifiers["linear"].name == model.name
    assert (await shop.stores.alarms.open()).rows == ()


async def test_who_promotes_elsewhere_is_followed_here(shop: Workshop) -> None:
    in_use = following(shop)
    first, _ = [(await train(shop, TrainingOrder(seed=n, promotion=Promotion.NEVER), Told())).model for n in (0, 1)]
    await in_use.refresh()
    await promote_model(shop, first.id, Told())
    await in_use.refresh()
    assert in_use.classifiers["linear"].name == first.name


async def test_the_present_classifier_is_the_promoted_one_else_the_one_of_the_installation(
    stores: Stores, shop: Workshop, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, languages=("en", "de"), embedder="none")
    assert await present_classifier(settings, stores) is None
    checksum = save_model(tutor(), tmp_path / "models" / "linear")
    ground = await present_classifier(settings, stores)
    assert ground is not None
    assert ground.name == f"linear@{checksum[:8]}"
    model = await promoted(shop)
    present = await present_classifier(settings, stores)
    assert present is not None
    assert present.name == model.name
    damage(shop, model)
    with pytest.raises(ConfigurationError) as caught:
        await present_classifier(settings, stores)
    assert caught.value.hint
