"""The stage for training: whose articles, which ground, and jobs that are done once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.training_case import examples, put, tutor
from bootstrap.rooms import a_mailbox
from empty_store import open_stores_at
from postroom.actions.models import STARTER
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.bootstrap.models_training import promote_job, train_job, workshop_of
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.learning.model_files import save_model
from postroom.model.workflow import JsonValue
from postroom.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a small model that came with the installation, and no embedding."""
    save_model(tutor(), tmp_path / "data" / "models" / "linear")
    return Settings(data_dir=tmp_path / "data", embedder="none", languages=("en", "de"))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


async def nobody_told(done: int, total: int) -> None:
    del done, total


async def test_the_made_up_shop_is_judged_by_its_articles_until_somebody_adds_a_mailbox(
    settings: Settings, stores: Stores
) -> None:
    mock = settings.model_copy(update={"mailbox_kind": "mock"})
    trial = await workshop_of(mock, stores, by="ann")
    assert (trial.by, trial.made_up) == ("ann", True)
    assert trial.shelf.articles
    await stores.mailboxes.add(a_mailbox("help"))
    real = await workshop_of(mock, stores, by="ann")
    assert (real.made_up, real.shelf.articles) == (False, ())


async def test_without_any_mailbox_nothing_is_made_up(settings: Settings, stores: Stores) -> None:
    shop = await workshop_of(settings, stores, by="ann")
    assert (shop.made_up, shop.shelf.articles) == (False, ())
    assert shop.ground.name.startswith("linear@")


@pytest.mark.parametrize(
    "order", [{"seed": "three"}, {"seed": True}, {"seed": 1.5}, {"promotion": "perhaps"}, {"promotion": None}]
)
async def test_an_order_that_is_none_is_refused_with_what_one_is(
    settings: Settings, stores: Stores, order: dict[str, JsonValue]
) -> None:
    with pytest.raises(InputError) as caught:
        await train_job(order, stores, settings, nobody_told)
    assert "`seed`" in caught.value.hint


async def test_with_too_little_to_learn_from_nothing_is_trained(settings: Settings, stores: Stores) -> None:
    with pytest.raises(InputError):
        await train_job({"by": "ann"}, stores, settings, nobody_told)
    assert await stores.models.in_use() is None


async def test_the_starter_in_use_is_promoted_without_a_change(settings: Settings, stores: Stores) -> None:
    done = await promote_job({"model_id": STARTER, "by": "ann"}, stores, settings, nobody_told)
    assert (done["model_id"], done["replaced"]) == (STARTER, None)
    assert (await stores.models.history(limit=5)).rows == ()


async def test_a_promotion_is_done_once_however_often_its_process_is_killed(settings: Settings, stores: Stores) -> None:
    await put(stores, examples(40))
    workshop = await workshop_of(settings, stores, by="ann")
    trained = await train(workshop, TrainingOrder(promotion=Promotion.NEVER), nobody_told)
    order: dict[str, JsonValue] = {"model_id": trained.model.id, "by": "ben"}
    for _ in range(2):
        done = await promote_job(order, stores, settings, nobody_told)
        assert (done["model_id"], done["replaced"]) == (trained.model.id, None)
    assert getattr(await stores.models.in_use(), "id", "") == trained.model.id
    with pytest.raises(NotFoundError):
        await promote_job({}, stores, settings, nobody_told)
