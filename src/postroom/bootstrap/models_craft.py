"""How linear models are made and opened."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from postroom.actions.training_material import Material
from postroom.bootstrap.parts import models_folder
from postroom.classifiers.linear import LinearClassifier
from postroom.interfaces.classifier import Classifier
from postroom.learning.corpus import Corpus, LabelledText, load_starter, with_questions
from postroom.learning.linear_model import LinearModel
from postroom.learning.model_files import load_model, save_model
from postroom.settings import Settings

KIND = "linear"


class LinearCraft:
    """Makes and opens linear models.

    `tutor` gives the model that came with the installation: it says how urgent a reviewed mail is and in which tone it
    is written, of which nobody keeps a record. It is read where something is trained.
    """

    def __init__(self, languages: tuple[str, ...], tutor: Callable[[], LinearModel]) -> None:
        self._languages = languages
        self.tutor = tutor

    def train(self, material: Material, *, seed: int, folder: Path) -> str:
        """Write a model of `material` as `folder` and return its checksum; seconds to a minute on one core."""
        from postroom.learning.train import train as learn  # noqa: PLC0415 - scikit-learn, only where it is trained.

        return save_model(learn(corpus_of(material, self.tutor()), seed=seed), folder)

    def categories(self, folder: Path) -> tuple[str, ...]:
        """Return the categories that the model in `folder` tells apart."""
        return next(head.labels for head in load_model(folder)[0].heads if head.name == "category")

    def open(self, folder: Path) -> tuple[Classifier, str]:
        """Return the classifier of the model in `folder` and its checksum."""
        model, checksum = load_model(folder)
        return LinearClassifier(model, checksum, languages=self._languages), checksum


def linear_craft(settings: Settings) -> LinearCraft:
    """Return what makes linear models, taught by the model that came with the installation."""
    return LinearCraft(settings.languages, lambda: load_model(models_folder(settings) / KIND)[0])


def corpus_of(material: Material, tutor: LinearModel) -> Corpus:
    """Return `material` as a corpus, the starter corpus beneath it where the made-up shop is answered.

    `tutor` says how urgent reviewed mail is and in which tone it is written.
    """
    texts = tuple(_told(text, tutor) for text in material.texts)
    starter = _starter()
    if material.starter:
        return with_questions(replace(starter, texts=starter.texts + texts), material.aside)
    aside = tuple(_told(text, tutor) for text in material.aside)
    if len({text.category for text in texts}) < 2:
        # Nothing but descriptions and articles: they are all there is to tell categories apart.
        return Corpus(texts=texts + aside, phrases=(), frames=starter.frames)
    return Corpus(texts=texts, phrases=aside, frames=starter.frames)


@cache
def _starter() -> Corpus:
    """Return the starter corpus, read once in a process: a promotion trains five times."""
    return load_starter()


def _told(text: LabelledText, tutor: LinearModel) -> LabelledText:
    labels = tutor.labels(text.text)
    return replace(text, priority=labels["priority"].name, sentiment=labels["sentiment"].name)
