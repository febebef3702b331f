"""Whether, and by whom, a language model is asked."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from clocks import SetClock
from contracts.store_nouns import at
from empty_store import open_stores_at
from language_models.scripted_model import ScriptedModel
from nodes.stage import FixedModel, classified
from postroom.bootstrap.language_model import Advisor, is_asked, look_at_language_model, open_language_model
from postroom.classifiers.language_model_cascade import CascadeClassifier
from postroom.language_models.prompt import Abstention
from postroom.model.category import Category
from postroom.model.classification import Classification
from postroom.model.email import Email
from postroom.responders.language_model import LanguageModelResponder
from postroom.settings import Settings


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


def asked(folder: Path, **values: object) -> Settings:
    """Settings with a model on this machine, where nothing listens."""
    server = {"language_model": "tiny", "language_model_url": "http://127.0.0.1:1/v1"}
    return settings(folder, **server, language_model_use="unsure", **values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),
        ({"language_model": "tiny", "language_model_url": "http://127.0.0.1:1/v1"}, False),
        (
            {"language_model": "t", "language_model_url": "http://127.0.0.1:1/v1", "language_model_rephrase": True},
            True,
        ),
    ],
)
def test_a_model_is_asked_only_where_somebody_wants_it(
    tmp_path: Path, values: dict[str, object], *, expected: bool
) -> None:
    assert is_asked(settings(tmp_path, **values)) is expected
    assert is_asked(asked(tmp_path))


async def test_where_none_is_asked_none_is_opened_or_looked_for(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(stores.connection.close)
        assert await open_language_model(settings(tmp_path), stores, SetClock(at(0)), stack) is None
        assert await look_at_language_model(settings(tmp_path)) == "None is asked"
        assert await open_language_model(asked(tmp_path), stores, SetClock(at(0)), stack) is not None


async def test_what_the_model_is_told_follows_the_categories_that_people_keep(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    model = ScriptedModel(abstention=Abstention(reason="off"))
    advisor = Advisor(model, asked(tmp_path))
    classifier = advisor.beside(FixedModel(found=unsure()))
    kept = Category(
        name="pigeons",
        title="Pigeons",
        description="About birds.",
        examples=(),
        language="en",
        by="ann",
        updated_at=at(0),
    )
    await classifier.classify(Email(subject="A bird", from_address=None, new_text="It flew away."))
    assert "About birds." not in model.asked[-1].instructions
    await stores.categories.add(kept)
    await advisor.refresh(stores)
    await classifier.classify(Email(subject="Another bird", from_address=None, new_text="It flew away, too."))
    assert "About birds." in model.asked[-1].instructions
    await stores.connection.close()


def unsure() -> Classification:
    """A classification that no model is sure of."""
    found = classified()
    return replace(found, category=replace(found.category, probability=0.2))


async def test_without_a_vote_the_local_classifier_stays_alone(tmp_path: Path) -> None:
    model, local = ScriptedModel(abstention=Abstention(reason="off")), FixedModel()
    alone = Advisor(model, settings(tmp_path)).beside(local)
    assert alone is local
    assert isinstance(Advisor(model, asked(tmp_path)).beside(local), CascadeClassifier)


async def test_always_asks_also_where_the_local_one_is_sure(tmp_path: Path) -> None:
    model = ScriptedModel(abstention=Abstention(reason="off"))
    sure = FixedModel(found=replace(classified(), certainty=1.0))
    mail = Email(subject="Hi", from_address=None, new_text="Where is my parcel?")
    await Advisor(model, asked(tmp_path)).beside(sure).classify(mail)
    assert model.asked == []
    always = asked(tmp_path).model_copy(update={"language_model_use": "always"})
    await Advisor(model, always).beside(sure).classify(mail)
    assert len(model.asked) == 1


def test_drafts_are_reworded_only_where_that_is_wanted_and_can_be_checked(tmp_path: Path) -> None:
    model, local = ScriptedModel(), FixedModel()
    rephrasing = asked(tmp_path, language_model_rephrase=True)
    assert isinstance(Advisor(model, rephrasing).rewording(local), LanguageModelResponder)
    assert Advisor(model, asked(tmp_path)).rewording(local) is local
    assert Advisor(model, rephrasing.model_copy(update={"embedder": "none"})).rewording(local) is local
