"""An article: an approved answer in one language, and the passages a search finds in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

ArticleId = NewType("ArticleId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What the company answers to one question, in one language.

    `id` is the same in every language; (`id`, `language`) is unique. `language` is an ISO 639-1 code. `questions` are
    ways to ask for it and help the search; only `body` (paragraphs separated by an empty line) is ever sent.
    """

    id: ArticleId
    language: str
    category: str
    title: str
    questions: tuple[str, ...]
    body: str
    approved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article that people keep in the store: who changed it last (a name), when (UTC), and how often."""

    article: Article
    by: str
    updated_at: datetime
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A found article with its `score` (higher is better, not a probability) and the paragraph that is quoted."""

    article_id: ArticleId
    language: str
    text: str
    score: float
