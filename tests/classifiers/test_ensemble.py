"""The ensemble classifier: the contract, its labels, its certainty, and that each text is embedded once at most."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from contracts.classifier_contract import ClassifierContract, mail
from embeddings.hashing_embedder import HashingEmbedder
from learning.small_mail import small_ensemble
from postroom.classifiers.ensemble import EnsembleClassifier, categories_of
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import Classifier
from postroom.learning.corpus import OTHER, load_starter
from postroom.learning.ensemble_files import save_ensemble
from postroom.learning.ensemble_model import EnsembleModel
from postroom.learning.learn_members import Recipe
from postroom.learning.train import corpus_texts
from postroom.learning.train_ensemble import train_ensemble
from postroom.model.catalogue import LANGUAGES


@cache
def english_ensemble() -> EnsembleModel:
    """Return an ensemble of the English starter corpus: several seconds."""
    recipe = Recipe(outside=OTHER, most_embedded=600)
    return train_ensemble(corpus_texts(load_starter(("en",))), [HashingEmbedder()], recipe=recipe).model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ensemble") / "model"
    save_ensemble(english_ensemble(), made)
    return made


class TestEnsembleClassifier(ClassifierContract):
    """The contract, for a model read from its files."""

    @pytest.fixture
    def classifier(self, folder: Path) -> Classifier:
        return EnsembleClassifier.load(folder, embedders=[HashingEmbedder()], languages=LANGUAGES)


def classifier_of(model: EnsembleModel, embedder: HashingEmbedder) -> EnsembleClassifier:
    return EnsembleClassifier(model, "0" * 64, embedders=[embedder], languages=LANGUAGES)


def test_every_label_of_the_linear_classifier_is_told_and_how_certain_the_category_is() -> None:
    found = classifier_of(english_ensemble(), HashingEmbedder()).classify_text("Invoice", "Please send me the invoice.")
    assert found.category.name == "invoice"
    assert found.intent is not None
    assert found.intent.name == "invoice_copy"
    assert found.language.name == "en"
    assert found.priority.name == "normal"
    assert found.certainty is not None
    assert found.certainty > 0.5
    assert {"invoice", OTHER} <= set(categories_of(english_ensemble()))


def test_nonsense_is_not_certain() -> None:
    classifier = classifier_of(english_ensemble(), HashingEmbedder())
    sure = classifier.classify_text("", "I forgot my password and cannot log in.").certainty
    unsure = classifier.classify_text("", "xkjh wqpo zzkd qwrt plmk").certainty
    assert sure is not None
    assert unsure is not None
    assert unsure < sure - 0.2


def test_what_is_in_the_other_sentence_is_told() -> None:
    found = classifier_of(english_ensemble(), HashingEmbedder()).classify_text(
        "", "I forgot my password and cannot log in.\nHow do I unsubscribe from the newsletter?"
    )
    assert found.intent is not None
    assert found.second_intent is not None
    assert found.second_intent.name != found.intent.name


def test_a_mail_is_embedded_once_and_only_where_words_are_not_sure() -> None:
    model = small_ensemble().model
    assert model.first_look is not None
    always, never = (replace(model, first_look=replace(model.first_look, sure_from=one)) for one in (2.0, 0.0))
    asked, spared = HashingEmbedder(), HashingEmbedder()
    text = "where is my refund please"
    assert classifier_of(always, asked).classify_text("Hello", text).category.name == "refund"
    assert classifier_of(never, spared).classify_text("Hello", text).category.name == "refund"
    assert asked.texts == [f"Hello\n{text}"]
    assert spared.texts == []


def test_a_model_that_learnt_categories_only_calls_the_rest_normal() -> None:
    found = classifier_of(small_ensemble().model, HashingEmbedder()).classify_text("", "money back please")
    assert (found.priority.name, found.sentiment.name) == ("normal", "neutral")
    assert (found.intent, found.second_intent) == (None, None)


def test_a_model_without_its_embedder_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="hashing@00000000"):
        EnsembleClassifier.load(folder, embedders=[], languages=LANGUAGES)


def test_languages_that_cannot_be_told_are_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError):
        EnsembleClassifier.load(folder, embedders=[HashingEmbedder()], languages=("xx",))


async def test_the_name_says_which_model_it_is(folder: Path, tmp_path: Path) -> None:
    checksum = save_ensemble(english_ensemble(), tmp_path / "copy")
    classifier = EnsembleClassifier.load(folder, embedders=[HashingEmbedder()], languages=("en",))
    assert classifier.name == f"ensemble@{checksum[:8]}"
    assert await classifier.classify(mail("Hi", "my invoice")) == classifier.classify_text("Hi", "my invoice")
