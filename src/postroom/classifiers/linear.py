"""The local default: TF-IDF and a linear model for category, priority and tone, `SpokenLanguage` for the language."""

from collections.abc import Sequence
from pathlib import Path

from postroom.knowledge.spoken_language import SpokenLanguage
from postroom.learning.linear_model import LinearModel
from postroom.learning.model_files import load_model
from postroom.learning.second_intent import second_intent
from postroom.model.classification import Classification
from postroom.model.email import Email


class LinearClassifier:
    """Labels an e-mail by its subject and new text; about a millisecond on one core, no network, no language model."""

    def __init__(self, model: LinearModel, checksum: str, *, languages: Sequence[str]) -> None:
        self._model = model
        self._name = f"linear@{checksum[:8]}"
        self._language = SpokenLanguage(languages)

    @classmethod
    def load(cls, folder: Path, *, languages: Sequence[str]) -> "LinearClassifier":
        """Return the classifier of the model in `folder` that tells `languages` (ISO 639-1 codes) apart.

        Raises:
            ConfigurationError: there is no intact model, or a language is unknown.
        """
        model, checksum = load_model(folder)
        return cls(model, checksum, languages=languages)

    @property
    def name(self) -> str:
        """`linear@` and the beginning of the model's checksum."""
        return self._name

    async def classify(self, email: Email) -> Classification:
        """Return the labels of `email`; never raises on odd text."""
        return self.classify_text(email.subject, email.new_text)

    def classify_text(self, subject: str, text: str) -> Classification:
        """Return the labels of a mail with `subject` and `text`."""
        whole = f"{subject}\n{text}"
        labels = self._model.labels(whole)
        intent = labels.get("intent")
        return Classification(
            category=labels["category"],
            priority=labels["priority"],
            sentiment=labels["sentiment"],
            language=self._language.identify(whole),
            classifier=self._name,
            intent=intent,
            second_intent=second_intent(self._model, text, intent) if intent else None,
        )
