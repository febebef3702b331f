"""How ensembles are made and opened; models that are linear alone are opened too, for an ensemble may replace one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from postroom.actions.training_material import Material, fingerprint, whole
from postroom.bootstrap.embedding import NONE, embedding_of
from postroom.bootstrap.models_craft import LinearCraft, corpus_of, linear_craft
from postroom.classifiers.ensemble import EnsembleClassifier, categories_of
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.embedder import Embedder
from postroom.learning.corpus import OTHER
from postroom.learning.ensemble_files import load_ensemble, save_ensemble
from postroom.learning.learn_members import Recipe, TrainingText
from postroom.learning.linear_model import LinearModel
from postroom.model.example import Origin
from postroom.settings import Settings


class Embedders(Protocol):
    """What chooses embedders."""

    def for_texts(self, texts: Sequence[str]) -> Sequence[Embedder]:
        """Return those that a model of `texts` is trained with."""
        ...

    def named(self, names: Sequence[str]) -> Sequence[Embedder]:
        """Return those of these names, as far as they are there."""
        ...


class EnsembleCraft:
    """Makes and opens ensembles; `embedders` chooses by the texts that are learnt.

    At most `most_embedded` texts are embedded, which bounds the time; None: all. `tutor` is as in `LinearCraft`.
    """

    def __init__(
        self,
        languages: tuple[str, ...],
        tutor: Callable[[], LinearModel],
        embedders: Embedders,
        *,
        most_embedded: int | None = None,
    ) -> None:
        self._languages = languages
        self._tutor = tutor
        self._embedders = embedders
        self._most_embedded = most_embedded

    def train(self, material: Material, *, seed: int, folder: Path) -> str:
        """Write a model of `material` as `folder` and return its checksum; mostly the time to embed its texts."""
        from postroom.learning.train_ensemble import train_ensemble  # noqa: PLC0415 - scikit-learn, only to train.

        texts = training_texts(material, self._tutor(), seed=seed)
        recipe = Recipe(seed=seed, outside=OTHER, most_embedded=self._most_embedded)
        trained = train_ensemble(texts, self._embedders.for_texts([text.text for text in texts]), recipe=recipe)
        return save_ensemble(trained.model, folder)

    def categories(self, folder: Path) -> tuple[str, ...]:
        """Return the categories that the model in `folder` tells apart."""
        return categories_of(load_ensemble(folder)[0])

    def open(self, folder: Path) -> tuple[Classifier, str]:
        """Return the classifier of the model in `folder` and its checksum."""
        try:
            model, checksum = load_ensemble(folder)
        except ConfigurationError as error:
            try:
                return LinearCraft(self._languages, self._tutor).open(folder)
            except ConfigurationError:
                raise error from None
        embedders = self._embedders.named([space.embedder for space in model.spaces])
        found = EnsembleClassifier(model, checksum, embedders=embedders, languages=self._languages)
        return found, checksum


def training_texts(material: Material, tutor: LinearModel, *, seed: int) -> list[TrainingText]:
    """Return what an ensemble learns; e-mails that people decided about are natural, and are learnt as they are.

    Imported history is learnt as it is, too, but is no fair sample of all mail: what belongs nowhere was never filed.
    """
    from postroom.learning.train import corpus_texts  # noqa: PLC0415 - scikit-learn, only to train.

    origins = {fingerprint(whole(example)): example.origin for example in material.reviewed}
    corpus = corpus_of(material, tutor)
    mails = [text for text in corpus.texts if fingerprint(text.text) in origins]
    rest = replace(corpus, texts=tuple(text for text in corpus.texts if fingerprint(text.text) not in origins))
    return [
        *corpus_texts(rest, seed=seed),
        *(
            TrainingText(text=mail.text, labels=mail, natural=origins[fingerprint(mail.text)] is not Origin.IMPORT)
            for mail in mails
        ),
    ]


def craft_of(settings: Settings) -> EnsembleCraft | LinearCraft:
    """Return what makes and opens the models of an installation: ensembles, unless embeddings are not wanted."""
    linear = linear_craft(settings)
    embedding = embedding_of(settings)
    return linear if embedding.setting == NONE else EnsembleCraft(settings.languages, linear.tutor, embedding)
