"""Ensembles as the product trains them: reproducible, refused where changed, beside models that are linear alone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from actions.training_case import Told, category, examples, put, tutor, workshop
from embeddings.hashing_embedder import HashingEmbedder
from empty_store import open_stores_at
from postroom.actions.models import Workshop, promote_model, roll_back
from postroom.actions.training import Promotion, TrainingOrder, train
from postroom.actions.training_material import material_of
from postroom.bootstrap.models_ensemble import EnsembleCraft, training_texts
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.example import Origin

NEVER = TrainingOrder(promotion=Promotion.NEVER)


class Hashing:
    """Chooses the embedder of the tests for everything."""

    def for_texts(self, texts: Sequence[str]) -> Sequence[Embedder]:
        return [HashingEmbedder()]

    def named(self, names: Sequence[str]) -> Sequence[Embedder]:
        return [HashingEmbedder()]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


@pytest.fixture
async def shop(stores: Stores, tmp_path: Path) -> Workshop:
    await put(stores, examples(60))
    craft = EnsembleCraft(("en", "de"), tutor, Hashing())
    return replace(workshop(stores, tmp_path), craft=craft)


async def test_an_ensemble_is_trained_the_same_twice_and_promoted_over_a_linear_model(
    stores: Stores, shop: Workshop, tmp_path: Path
) -> None:
    linear = (await train(workshop(stores, tmp_path), TrainingOrder(promotion=Promotion.ALWAYS), Told())).model
    first = await train(shop, NEVER, Told())
    again = await train(replace(shop, folder=tmp_path / "elsewhere"), NEVER, Told())
    assert first.model.name.startswith("ensemble@")
    assert first.model.checksum == again.model.checksum
    assert first.before == linear.name
    assert first.comparison.right > 0.9
    await promote_model(shop, first.model.id, Told())
    _, now = await roll_back(shop)
    assert now is not None
    assert now.id == linear.id


async def test_an_ensemble_that_was_changed_is_refused(shop: Workshop) -> None:
    model = (await train(shop, NEVER, Told())).model
    arrays = shop.folder / model.id / "arrays.npz"
    content = bytearray(arrays.read_bytes())
    content[len(content) // 2] ^= 1
    arrays.write_bytes(bytes(content))
    with pytest.raises(ConfigurationError, match="changed"):
        shop.craft.open(shop.folder / model.id)


def test_mail_that_people_decided_about_is_natural_and_what_they_wrote_is_not() -> None:
    found = examples(30)
    found[0] = replace(found[0], origin=Origin.IMPORT)
    material = material_of([category("claims", "a burst pipe")], ArticleShelf(()), found, made_up=False)
    texts = training_texts(material, tutor(), seed=0)
    assert sum(text.natural for text in texts) == sum(one.origin is not Origin.IMPORT for one in material.reviewed)
    assert len([text for text in texts if found[0].text in text.text]) == (found[0] in material.reviewed)
    assert {text.natural for text in texts if "burst pipe" in text.text} == {False}
    assert {text.aside for text in texts if text.text.startswith("Mail about")} == {True}
