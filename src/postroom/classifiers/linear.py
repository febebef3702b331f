"""The local default: TF-IDF and a linear model for category, priority and tone, py3langid for the language."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from postroom.errors import ConfigurationError
from postroom.learning.linear_model import LinearModel
from postroom.learning.model_files import load_model
from postroom.learning.second_intent import second_intent
from postroom.model.classification import Classification, Label
from postroom.model.email import Email

LANGUAGE_CHARACTERS = 1000  # More changes nothing and costs time.


class LinearClassifier:
    """Labels an e-mail by its subject and new text; about a millisecond on one core, no network, no language model."""

    def __init__(self, model: LinearModel, checksum: str, *, languages: Sequence[str]) -> None:
        self._model = model
        self._name = f"linear@{checksum[:8]}"
        self._identifier = _identifier(tuple(languages))

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
            language=self._language(whole),
            classifier=self._name,
            intent=intent,
            second_intent=second_intent(self._model, text, intent) if intent else None,
        )

    def _language(self, text: str) -> Label:
        name, probability = self._identifier.classify(text[:LANGUAGE_CHARACTERS])
        return Label(name=str(name), probability=min(1.0, max(0.0, float(probability))))


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    if not languages:
        raise ConfigurationError("The linear classifier needs at least one language.")
    full = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    try:
        full.set_languages(languages)
    except ValueError as error:
        raise ConfigurationError(
            f"The linear classifier cannot tell these languages apart: {', '.join(languages)} ({error}).",
            hint="Use ISO 639-1 codes such as en or de.",
        ) from error
    # A second identifier without the other 90 languages: the first would keep 28 MB of them for a later choice.
    return LanguageIdentifier(
        full.nb_ptc, full.nb_pc, full.nb_classes, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row
    )
