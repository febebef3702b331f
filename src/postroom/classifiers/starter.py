"""The model a new installation begins with: the starter corpus, and the questions of the articles on the shelf."""

from collections.abc import Iterator, Sequence

from postroom.interfaces.embedder import Embedder
from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.learning.corpus import OTHER, LabelledText, load_starter, with_questions
from postroom.learning.ensemble_model import EnsembleModel
from postroom.learning.learn_members import Recipe
from postroom.learning.linear_model import LinearModel
from postroom.learning.train import PENALTY, corpus_texts, train
from postroom.learning.train_ensemble import train_ensemble
from postroom.model.article import Article

MOST_EMBEDDED = 3000
"""Texts of the starter corpus that are embedded, of about 10,000: twenty seconds of a first start."""


def train_starter(shelf: ArticleShelf) -> LinearModel:
    """Return the model of the starter corpus and `shelf`, whose topics become intents; about fifteen seconds.

    For the starter shelf. A company's own shelf has other categories, of which the corpus knows nothing.
    """
    return train(with_questions(load_starter(), shelf_questions(shelf)))


def train_starter_ensemble(shelf: ArticleShelf, embedders: Sequence[Embedder]) -> EnsembleModel:
    """Return the ensemble of the starter corpus and `shelf`; about a minute, of which embedding takes a part."""
    texts = corpus_texts(with_questions(load_starter(), shelf_questions(shelf)))
    recipe = Recipe(outside=OTHER, most_embedded=MOST_EMBEDDED, words_penalty=PENALTY)
    return train_ensemble(texts, embedders, recipe=recipe).model


def shelf_questions(shelf: ArticleShelf) -> Iterator[LabelledText]:
    """Yield every question of every article and topic for a person on `shelf`, labelled with its id and category."""
    topics: tuple[Article | PersonTopic, ...] = (*shelf.articles, *shelf.person_topics)
    for topic in topics:
        for question in topic.questions:
            yield LabelledText(
                text=question,
                intent=topic.id,
                category=topic.category,
                priority="normal",
                sentiment="neutral",
                language=topic.language,
            )
