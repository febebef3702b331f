"""What training makes where embeddings are wanted: words first, and the meaning of the text where they are not sure."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder
from postroom.knowledge.spoken_language import SpokenLanguage
from postroom.learning.ensemble_files import load_ensemble
from postroom.learning.ensemble_model import CATEGORY, Choice, EnsembleModel, Vectors, top_label
from postroom.learning.linear_model import WordScores
from postroom.learning.second_intent import second_intent
from postroom.model.classification import Classification, Label
from postroom.model.email import Email

INTENT = "intent"
NEUTRAL = {"priority": "normal", "sentiment": "neutral"}
"""What a model says that never learnt the difference."""


class EnsembleClassifier:
    """Labels an e-mail by its subject and new text; a millisecond or two where words are sure, else an embedding."""

    def __init__(
        self, model: EnsembleModel, checksum: str, *, embedders: Sequence[Embedder], languages: Sequence[str]
    ) -> None:
        """Prepare a model for use.

        Raises:
            ConfigurationError: an embedder that the model was trained with is missing.
        """
        given = {embedder.name: embedder for embedder in embedders}
        missing = [space.embedder for space in model.spaces if space.embedder not in given]
        if missing:
            raise ConfigurationError(
                f"The model was trained with the embeddings {', '.join(missing)}, which are not there.",
                hint="Install them, or train the model again with those that are.",
            )
        self._model = model
        self._name = f"ensemble@{checksum[:8]}"
        self._embedders = tuple(given[space.embedder] for space in model.spaces)
        self._language = SpokenLanguage(languages)

    @classmethod
    def load(cls, folder: Path, *, embedders: Sequence[Embedder], languages: Sequence[str]) -> "EnsembleClassifier":
        """Return the classifier of the model in `folder` that tells `languages` (ISO 639-1 codes) apart.

        Raises:
            ConfigurationError: there is no intact model, its embedders are others, or a language is unknown.
        """
        model, checksum = load_ensemble(folder)
        return cls(model, checksum, embedders=embedders, languages=languages)

    @property
    def name(self) -> str:
        """`ensemble@` and the beginning of the model's checksum."""
        return self._name

    async def classify(self, email: Email) -> Classification:
        """Return the labels of `email`; never raises on odd text. An embedding runs beside the event loop."""
        return await asyncio.to_thread(self.classify_text, email.subject, email.new_text)

    def classify_text(self, subject: str, text: str) -> Classification:
        """Return the labels of a mail with `subject` and `text`."""
        whole = f"{subject}\n{text}"
        look = self._model.linear.scores(whole)
        ranking = self._model.linear.ranking_of(look)
        words = {name: max(labels, key=lambda label: label.probability) for name, labels in ranking.items()}
        vectors: list[tuple[Vectors, ...]] = []

        def embed(texts: Sequence[str]) -> tuple[Vectors, ...]:
            vectors.append(tuple(embedder.embed(texts) for embedder in self._embedders))
            return vectors[-1]

        by_words = self._model.words_of([look], [whole], self._model.heads[0])
        choice = self._model.choose_by(by_words, [whole], embed)
        intent = self._intent(whole, look, words.get(INTENT), vectors)
        category = top_label(self._model.heads[0].labels, choice.log_probabilities[0])
        return Classification(
            category=category,
            priority=words.get("priority", Label(name=NEUTRAL["priority"], probability=0.0)),
            sentiment=words.get("sentiment", Label(name=NEUTRAL["sentiment"], probability=0.0)),
            language=self._language.identify(whole),
            classifier=self._name,
            intent=intent,
            second_intent=second_intent(self._model.linear, text, intent) if intent else None,
            certainty=self._certainty(choice, category),
        )

    def _intent(
        self, text: str, look: WordScores, by_words: Label | None, vectors: Sequence[tuple[Vectors, ...]]
    ) -> Label | None:
        """Return the intent by all members where the text was embedded, else by words."""
        head = next((head for head in self._model.heads if head.name == INTENT), None)
        if head is None or by_words is None or not vectors:
            return by_words
        evidence = self._model.evidence(self._model.words_of([look], [text], head), self._model.place(vectors[0]), head)
        blend = head.mix.blend(head.mix.opinions(evidence))
        return top_label(head.labels, blend[0])

    def _certainty(self, choice: Choice, category: Label) -> float:
        """Return how probable it is that `category` is right; of mail that belongs to none, that no category is."""
        sure = float(np.clip(choice.certainty[0], 0.0, 1.0))
        return 1.0 - sure if category.name == self._model.outside else sure


def categories_of(model: EnsembleModel) -> tuple[str, ...]:
    """Return the categories that `model` tells apart."""
    return next(head.labels for head in model.heads if head.name == CATEGORY)
