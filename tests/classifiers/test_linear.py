"""The linear classifier: the contract, and how good it is on mails nobody trained it on."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.classifier_contract import ClassifierContract, mail
from learning.trained import english_model, starter_model
from postroom.classifiers.linear import LinearClassifier
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import Classifier
from postroom.learning.model_files import ARRAYS, save_model
from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.providers.mock.generate import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("linear") / "model"
    save_model(english_model(), made)
    return made


class TestLinearClassifier(ClassifierContract):
    """The contract, for a model read from its files."""

    @pytest.fixture
    def classifier(self, folder: Path) -> Classifier:
        return LinearClassifier.load(folder, languages=LANGUAGES)


def test_the_name_says_which_model_it_is(folder: Path, tmp_path: Path) -> None:
    checksum = save_model(english_model(), tmp_path / "copy")
    assert LinearClassifier.load(folder, languages=("en",)).name == f"linear@{checksum[:8]}"


async def test_a_text_and_an_email_of_it_get_the_same_labels(folder: Path) -> None:
    classifier = LinearClassifier.load(folder, languages=LANGUAGES)
    assert classifier.classify_text("Returns", "Where is the label?") == await classifier.classify(
        mail("Returns", "Where is the label?")
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Could you tell me when the parcel will arrive?", "en"),
        ("Können Sie mir sagen, wann das Paket ankommt?", "de"),
        ("Pouvez-vous me dire quand le colis arrivera ?", "fr"),
        ("¿Pueden decirme cuándo llegará el paquete?", "es"),
        ("Potete dirmi quando arriverà il pacco?", "it"),
        ("Kunt u mij vertellen wanneer het pakket aankomt?", "nl"),
    ],
)
def test_the_language_is_told(folder: Path, text: str, language: str) -> None:
    assert LinearClassifier.load(folder, languages=LANGUAGES).classify_text("", text).language.name == language


def test_only_the_configured_languages_are_told(folder: Path) -> None:
    classifier = LinearClassifier.load(folder, languages=("de", "nl"))
    assert classifier.classify_text("", "Where is my parcel, please?").language.name in {"de", "nl"}


@pytest.mark.parametrize("languages", [(), ("xx",)])
def test_languages_that_cannot_be_told_are_refused(folder: Path, languages: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError):
        LinearClassifier.load(folder, languages=languages)


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    save_model(english_model(), tmp_path / "model")
    arrays = tmp_path / "model" / ARRAYS
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(ConfigurationError, match="was changed"):
        LinearClassifier.load(tmp_path / "model", languages=("en",))


def test_the_intent_and_what_another_sentence_is_about_are_told(folder: Path) -> None:
    classifier = LinearClassifier.load(folder, languages=LANGUAGES)
    one = classifier.classify_text("", "I forgot my password and cannot log in.")
    two = classifier.classify_text(
        "", "I forgot my password and cannot log in.\nHow do I unsubscribe from the newsletter?"
    )
    assert one.intent is not None
    assert one.intent.name == "account_password"
    assert one.second_intent is None
    assert two.intent is not None
    assert two.second_intent is not None
    assert {two.intent.name, two.second_intent.name} == {"account_password", "privacy_newsletter"}


def test_a_model_that_learnt_no_intents_tells_none() -> None:
    full = english_model()
    width = sum(len(head.labels) for head in full.heads if head.name != "intent")
    heads = tuple(head for head in full.heads if head.name != "intent")
    assert full.heads == (*heads, full.heads[-1])
    small = replace(full, heads=heads, weights=full.weights[:, :width], intercepts=full.intercepts[:width])
    found = LinearClassifier(small, "0" * 64, languages=LANGUAGES).classify_text("", "Where is my parcel, please?")
    assert (found.intent, found.second_intent) == (None, None)


def test_customers_mails_of_every_language_are_mostly_understood_and_sure_answers_are_right() -> None:
    classifier = LinearClassifier(starter_model(), "0" * 64, languages=LANGUAGES)
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    sure: list[bool] = []
    for mock in generate(1203, 900, start=datetime(2026, 1, 5, tzinfo=UTC)):
        if not mock.truth.answerable:
            continue
        email = parse(mock.content)
        label = classifier.classify_text(email.subject, email.new_text).category
        asked[mock.truth.language] += 1
        right[mock.truth.language] += label.name == mock.truth.category
        if label.probability >= 0.9:
            sure.append(label.name == mock.truth.category)
    assert {language for language in LANGUAGES if right[language] < 0.7 * asked[language]} == set()
    assert right.total() > 0.8 * asked.total()
    assert len(sure) > 0.3 * asked.total()
    assert sum(sure) > 0.95 * len(sure)
