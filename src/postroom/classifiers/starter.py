"""The model a new installation begins with: the starter corpus, and the questions of the articles on the shelf."""

from collections.abc import Iterator

from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.learning.corpus import LabelledText, load_starter, with_questions
from postroom.learning.linear_model import LinearModel
from postroom.learning.train import train
from postroom.model.article import Article


def train_starter(shelf: ArticleShelf) -> LinearModel:
    """Return the model of the starter corpus and `shelf`, whose topics become intents; about fifteen seconds.

    For the starter shelf. A company's own shelf has other categories, of which the corpus knows nothing.
    """
    return train(with_questions(load_starter(), shelf_questions(shelf)))


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
