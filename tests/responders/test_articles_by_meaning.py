"""The article responder with embeddings: better first drafts for people, and nothing surer than by words."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from contracts.responder_contract import ResponderContract, classified, written
from embeddings.hashing_embedder import HashingEmbedder
from postroom.embeddings.packaged import packaged_embedder
from postroom.errors import ConfigurationError
from postroom.interfaces.responder import Responder
from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.letter import EMPTY_SPACE
from postroom.knowledge.meaning import ArticleMeaning
from postroom.knowledge.search import ArticleSearch
from postroom.model.article import Article, ArticleId
from postroom.responders.articles import UNSURE_BELOW, ArticleResponder

STARTER = ArticleSearch(starter_shelf())
BY_WORDS = ArticleResponder(STARTER)
BY_MEANING = ArticleResponder(STARTER, ArticleMeaning(STARTER, ArticleVectors(HashingEmbedder())))


class TestArticleResponderByMeaning(ResponderContract):
    @pytest.fixture
    def responder(self) -> Responder:
        return BY_MEANING


def article(name: str, category: str, question: str, body: str, language: str) -> Article:
    return Article(
        id=ArticleId(name), language=language, category=category, title=question, questions=(question,), body=body
    )


SHELF = ArticleShelf(
    [
        article("login", "account", "I forgot my password", "Choose a new password on the sign-in page.", "en"),
        article("login", "account", "Passwort vergessen", "Setzen Sie auf der Anmeldeseite ein neues Passwort.", "de"),
        article("tracking", "delivery", "Where is my parcel?", "The parcel takes two days.", "en"),
        article("tracking", "delivery", "Wo bleibt mein Paket?", "Das Paket ist nach zwei Tagen da.", "de"),
        article("rust", "product", "My pan has rust", "Rub the pan with oil.", "en"),
        article("rust", "product", "Meine Pfanne rostet", "Reiben Sie die Pfanne mit Öl ein.", "de"),
        article("invoice", "invoice", "I need an invoice", "The invoice is in your account.", "en"),
        article("invoice", "invoice", "Ich brauche eine Rechnung", "Die Rechnung liegt im Kundenkonto.", "de"),
    ]
)
BY_WORDS_OF_SHELF = ArticleResponder(ArticleSearch(SHELF))
PARAPHRASES = [
    ("en", "When will my shipment finally arrive?", "tracking"),
    ("en", "Can't get in any more, credentials gone", "login"),
    ("de", "Wann trifft meine Lieferung endlich ein?", "tracking"),
    ("de", "Komme nicht mehr rein, Zugangsdaten weg", "login"),
]


@pytest.fixture(scope="module")
def multilingual() -> ArticleResponder:
    try:
        embedder = packaged_embedder("e5")
    except ConfigurationError as error:
        pytest.skip(f"{error.message} {error.hint}")
    search = ArticleSearch(SHELF)
    return ArticleResponder(search, ArticleMeaning(search, ArticleVectors(embedder)))


@pytest.mark.parametrize(("language", "text", "article_id"), PARAPHRASES)
async def test_a_paraphrase_without_a_common_word_finds_its_article_and_is_never_sure(
    multilingual: ArticleResponder, language: str, text: str, article_id: str
) -> None:
    email, labels = written(text), classified("other", language, 0.3)
    assert BY_WORDS_OF_SHELF.draft(email, labels, signature="S").passages == ()
    draft = await multilingual.respond(email, labels, signature="S")
    assert [(passage.article_id, passage.language) for passage in draft.passages] == [(article_id, language)]
    assert draft.probability == 0.0


CLEAR = "Hi, the cushion is not my taste. How can I send it back, and where is the label?"
VAGUE = ("I want my money", "The colour is nice", "voucher or points, which one?", "hello there", "Qwxz vrtl")


def test_what_words_are_sure_of_is_not_embedded_and_the_same_as_without() -> None:
    embedder = HashingEmbedder()
    responder = ArticleResponder(STARTER, ArticleMeaning(STARTER, ArticleVectors(embedder)))
    draft = responder.draft(written(CLEAR), classified("returns"), signature="S")
    assert draft.probability >= UNSURE_BELOW
    plain = BY_WORDS.draft(written(CLEAR), classified("returns"), signature="S")
    assert replace(draft, responder=plain.responder) == plain
    assert embedder.texts == []


@given(
    words=st.lists(st.sampled_from(f"{CLEAR} {' '.join(VAGUE)}".split()), max_size=12),
    category=st.sampled_from(["returns", "voucher", "other"]),
    probability=st.sampled_from([0.2, 0.6, 0.98]),
)
def test_meaning_never_makes_a_draft_surer(words: list[str], category: str, probability: float) -> None:
    email, labels = written(" ".join(words)), classified(category, "en", probability)
    plain = BY_WORDS.draft(email, labels, signature="S")
    found = BY_MEANING.draft(email, labels, signature="S")
    assert found.probability <= plain.probability
    if plain.probability >= UNSURE_BELOW:
        assert replace(found, responder=plain.responder) == plain
    assert bool(found.passages) == (EMPTY_SPACE not in found.text)


async def test_the_event_loop_never_embeds() -> None:
    here = threading.get_ident()
    threads: set[int] = set()

    class Noting(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            threads.add(threading.get_ident())
            return super().embed(texts)

    search = ArticleSearch(SHELF)
    responder = ArticleResponder(search, ArticleMeaning(search, ArticleVectors(Noting())))
    await responder.respond(written("Something vague"), classified("other", "en", 0.2), signature="S")
    assert threads
    assert here not in threads


async def test_with_and_without_an_event_loop_the_draft_is_the_same() -> None:
    for text in VAGUE:
        email, labels = written(text), classified("other", "en", 0.3)
        assert await BY_MEANING.respond(email, labels, signature="S") == BY_MEANING.draft(email, labels, signature="S")


def test_meaning_without_articles_leaves_a_skeleton() -> None:
    search = ArticleSearch(ArticleShelf([]))
    responder = ArticleResponder(search, ArticleMeaning(search, ArticleVectors(HashingEmbedder())))
    draft = responder.draft(written("Where is it?"), classified("other"), signature="S")
    assert (draft.probability, draft.passages) == (0.0, ())


def test_another_embedder_is_another_name_as_it_may_choose_other_articles() -> None:
    class Other(HashingEmbedder):
        name = "other@1"

    def named(embedder: HashingEmbedder) -> str:
        return ArticleResponder(STARTER, ArticleMeaning(STARTER, ArticleVectors(embedder))).name

    assert len({BY_WORDS.name, named(HashingEmbedder()), named(Other())}) == 3
    assert named(HashingEmbedder()) == named(HashingEmbedder())
