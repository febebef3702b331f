"""The shelf: approved articles, and the topics that only a person can answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from postroom.errors import ConfigurationError
from postroom.knowledge.article_files import read_yaml
from postroom.model.article import Article, ArticleId
from postroom.model.catalogue import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTopic:
    """Something customers ask that no article answers; `questions` let the search tell it from the articles."""

    id: str
    language: str
    category: str
    questions: tuple[str, ...]


class ArticleShelf:
    """Approved articles and person topics, found by language; what is not approved never gets onto the shelf."""

    def __init__(self, articles: Iterable[Article], person_topics: Iterable[PersonTopic] = ()) -> None:
        self._articles: dict[tuple[str, str], Article] = {}
        for article in articles:
            if not article.approved:
                continue
            key = (article.language, article.id)
            if key in self._articles:
                raise ConfigurationError(
                    f"There are two articles {article.id!r} in language {article.language!r}.",
                    hint="Give one of them another id, or remove it.",
                )
            self._articles[key] = article
        self._person_topics = tuple(person_topics)

    @property
    def articles(self) -> tuple[Article, ...]:
        """All approved articles, in the order they were given."""
        return tuple(self._articles.values())

    @property
    def person_topics(self) -> tuple[PersonTopic, ...]:
        """All topics for a person, in the order they were given."""
        return self._person_topics

    @property
    def languages(self) -> tuple[str, ...]:
        """The ISO 639-1 codes of languages with at least one approved article, sorted."""
        return tuple(sorted({language for language, _ in self._articles}))

    def find(self, article_id: ArticleId | str, language: str) -> Article | None:
        """Return the article, or None where it is missing or not approved in `language`."""
        return self._articles.get((language, article_id))


@cache
def starter_shelf() -> ArticleShelf:
    """Return the articles of the demo shop in every language of the catalogue; read once per process."""
    folder = files("postroom.knowledge") / "starter"
    articles: list[Article] = []
    topics: list[PersonTopic] = []
    for language in LANGUAGES:
        name = f"{language}.yaml"
        entries = read_yaml((folder / name).read_text(encoding="utf-8"), where=name, language=language)
        articles.extend(entry.article() for entry in entries.articles)
        topics.extend(
            PersonTopic(id=topic.id, language=language, category=topic.category, questions=topic.questions)
            for topic in entries.for_a_person
        )
    return ArticleShelf(articles, topics)
