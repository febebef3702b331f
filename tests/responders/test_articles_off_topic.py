"""Questions that customers ask and no starter article answers; the sure ones would be answered wrongly."""

from pathlib import Path

import pytest

from contracts.responder_contract import written
from postroom.classifiers.linear import LinearClassifier
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.knowledge.search import ArticleSearch
from postroom.model.catalogue import LANGUAGES
from postroom.responders.articles import ArticleResponder

RESPONDER = ArticleResponder(ArticleSearch(starter_shelf()))

OFF_TOPIC = [
    "Can I get gift wrapping with a personal card?",
    "What are the opening hours of your store?",
    "Do you deliver flowers together with a vase?",
    "Can I rent your dishes for a party?",
    "Are your cushions tested for harmful substances?",
    "Gibt es einen gedruckten Katalog?",
    "Kann ich die Ware selbst im Lager abholen?",
    "Verleihen Sie Geschirr für Feiern?",
    "Nehmen Sie alte Möbel mit?",
    "Proposez-vous un emballage cadeau ?",
    "Louez-vous de la vaisselle pour un mariage ?",
    "Reprenez-vous les vieux meubles ?",
    "¿Graban nombres en la tabla?",
    "¿Alquilan vajilla para fiestas?",
    "¿Dan cursos de cocina?",
    "Avete un catalogo stampato?",
    "Noleggiate stoviglie per feste?",
    "Fate corsi di cucina?",
    "Pakken jullie cadeaus in?",
    "Verhuren jullie servies voor feesten?",
    "Geven jullie kookcursussen?",
]


@pytest.fixture(scope="module")
def classifier(models: Path) -> LinearClassifier:
    return LinearClassifier.load(models / "linear", languages=LANGUAGES)


@pytest.mark.parametrize("text", OFF_TOPIC)
def test_what_no_article_covers_is_never_answered_surely(classifier: LinearClassifier, text: str) -> None:
    draft = RESPONDER.draft(written(text), classifier.classify_text("", text), signature="S")
    assert draft.probability < ANSWER_THRESHOLD
