"""Training: reproducible, held against the model in use, promoted only where it is better."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions.training_case import WORDS, Told, category, examples, held, put, workshop
from empty_store import open_stores_at
from postroom.actions.categories import known_categories
from postroom.actions.models import Workshop, promote_model, roll_back
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.actions.training_material import Material
from postroom.errors import ConfigurationError, InputError
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import StoppedError
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.preferences import Preferences
from postroom.model.trained_model import ModelState

NEVER = TrainingOrder(promotion=Promotion.NEVER)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


@pytest.fixture
def shop(stores: Stores, tmp_path: Path) -> Workshop:
    return workshop(stores, tmp_path)


async def test_a_model_that_is_better_is_promoted_and_says_how_much(stores: Stores, shop: Workshop) -> None:
    found = examples(90)
    await put(stores, found)
    told = Told()
    done = await train(shop, TrainingOrder(), told)
    assert done.promoted
    assert done.comparison.right > 0.9
    assert done.comparison.right_before == 0.0
    assert done.comparison.held_out == len(held(found))
    assert (await stores.models.in_use()) == done.model
    assert (done.model.state, done.model.by, done.before) == (ModelState.IN_USE, "ann", shop.ground.name)
    assert done.model.figures["gained"] == done.comparison.gained
    # The model that came with the installation has never learnt any of these categories.
    assert done.comparison.unknown_before == done.comparison.in_scope
    assert told.steps == sorted(told.steps)
    assert told.steps[-1] == (100, 100)


async def test_the_same_examples_and_seed_give_the_same_model_and_another_seed_another(
    stores: Stores, shop: Workshop, tmp_path: Path
) -> None:
    await put(stores, examples(40))
    first = await train(shop, NEVER, Told())
    again = await train(shop, NEVER, Told())
    elsewhere = await train(replace(shop, folder=tmp_path / "elsewhere"), NEVER, Told())
    other = await train(shop, replace(NEVER, seed=1), Told())
    assert first.model == again.model == elsewhere.model
    assert other.model.checksum != first.model.checksum
    assert {one.id for one in (await stores.models.list()).rows} == {first.model.id, other.model.id}


async def test_a_model_that_is_not_better_is_not_promoted_unless_somebody_wants_it(
    stores: Stores, shop: Workshop
) -> None:
    await put(stores, examples(90))
    first = await train(shop, TrainingOrder(), Told())
    second = await train(shop, TrainingOrder(seed=1), Told())
    assert not second.promoted
    assert second.before == first.model.name
    assert second.model.state is ModelState.CANDIDATE
    assert (await stores.models.in_use()) == first.model
    wanted = await train(shop, TrainingOrder(seed=1, promotion=Promotion.ALWAYS), Told())
    assert wanted.promoted
    assert (await roll_back(shop))[1] is not None
    assert getattr(await stores.models.in_use(), "id", None) == first.model.id


async def test_the_held_out_fifth_is_not_in_what_the_model_learns(stores: Stores, shop: Workshop) -> None:
    found = examples(40)
    await put(stores, found)
    learnt: list[Material] = []

    class Watching:
        def train(self, material: Material, *, seed: int, folder: Path) -> str:
            learnt.append(material)
            return shop.craft.train(material, seed=seed, folder=folder)

        def categories(self, folder: Path) -> tuple[str, ...]:
            return shop.craft.categories(folder)

        def open(self, folder: Path) -> tuple[Classifier, str]:
            return shop.craft.open(folder)

    await train(replace(shop, craft=Watching()), NEVER, Told())
    texts = " ".join(text.text for text in (*learnt[0].texts, *learnt[0].aside))
    assert held(found)
    assert [one.id for one in held(found) if one.text in texts] == []


async def test_descriptions_and_articles_alone_are_enough_and_are_promoted_on_request(
    stores: Stores, shop: Workshop
) -> None:
    for name in ("claims", "contract", "billing"):
        await stores.categories.add(category(name))
    done = await train(shop, TrainingOrder(), Told())
    assert not done.promoted
    assert "held-out" in done.comparison.reason
    assert (await promote_model(shop, done.model.id, Told())).state is ModelState.IN_USE


async def test_examples_beyond_the_newest_are_left_out_and_counted(stores: Stores, shop: Workshop) -> None:
    await put(stores, examples(60))
    done = await train(replace(shop, most_examples=40), NEVER, Told())
    assert (done.left_out, done.result()["left_out"], done.model.figures["left_out"]) == (20, 20, 20)
    assert done.model.examples <= 40 + len(WORDS["claims"]) + len(WORDS["contract"]) + 2


async def test_too_little_is_an_error_that_says_what_is_missing(stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two categories") as caught:
        await train(workshop(stores, tmp_path, shelf=ArticleShelf(())), NEVER, Told())
    assert caught.value.hint
    assert (await stores.models.list()).rows == ()


async def test_what_is_stopped_leaves_the_model_in_use_and_no_scrap(stores: Stores, shop: Workshop) -> None:
    await put(stores, examples(40))

    async def stopping(done: int, total: int) -> None:
        if done >= 60:
            raise StoppedError("Stop.")

    with pytest.raises(StoppedError):
        await train(shop, TrainingOrder(), stopping)
    assert await stores.models.in_use() is None
    assert [path.name for path in shop.folder.iterdir() if path.name.startswith(".")] == []


async def test_what_a_kill_left_long_ago_is_deleted_and_what_another_makes_now_is_not(
    stores: Stores, shop: Workshop
) -> None:
    await put(stores, examples(30))
    for name, age in ((".training-old", 2 * 24 * 3600), (".training-now", 0)):
        left = shop.folder / name
        left.mkdir(parents=True)
        os.utime(left, (left.stat().st_mtime - age,) * 2)
    done = await train(shop, NEVER, Told())
    assert {path.name for path in shop.folder.iterdir()} == {".training-now", done.model.id}


async def test_a_damaged_model_in_use_is_compared_as_what_really_labels_the_mail(
    stores: Stores, shop: Workshop
) -> None:
    await put(stores, examples(90))
    first = await train(shop, TrainingOrder(), Told())
    (shop.folder / first.model.id / "model.json").write_text("{}")
    second = await train(shop, TrainingOrder(seed=1), Told())
    assert second.before == shop.ground.name
    with pytest.raises(ConfigurationError):
        shop.craft.open(shop.folder / first.model.id)
    again = await train(shop, TrainingOrder(seed=0), Told())
    assert again.model.id == first.model.id
    assert shop.craft.open(shop.folder / first.model.id)[1] == first.model.checksum


async def test_a_training_that_was_killed_after_it_had_promoted_says_so_when_it_is_done_again(
    stores: Stores, shop: Workshop
) -> None:
    await put(stores, examples(90))
    killed = await train(shop, TrainingOrder(), Told())
    again = await train(shop, TrainingOrder(), Told())
    assert (again.promoted, again.model) == (True, killed.model)
    assert again.result()["promoted"] is True


async def test_a_model_tells_which_categories_it_knows_and_is_compared_by_what_is_promised(
    stores: Stores, shop: Workshop
) -> None:
    await put(stores, examples(90))
    wanted = replace(shop, preferences=Preferences(target_precision=0.7))
    done = await train(wanted, TrainingOrder(), Told())
    assert set(done.model.categories) == set(WORDS)
    assert done.model.figures["target"] == done.comparison.target == 0.7
    assert set(await known_categories(stores)) == set(WORDS)
