"""Articles that people keep in the store."""

from typing import Protocol

from postroom.model.article import ArticleId, StoredArticle
from postroom.model.page import Page


class Articles(Protocol):
    """Keeps articles by (id, language)."""

    async def add(self, article: StoredArticle) -> StoredArticle | None:
        """Store a new article and return it with its first revision; None where there is one of that id and language.

        Its own revision does not count: the first one is one that no removed article of that id and language ever had.
        """
        ...

    async def change(self, article: StoredArticle) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        ...

    async def remove(self, article_id: ArticleId, language: str) -> bool:
        """Delete it; False where there is none."""
        ...

    async def get(self, article_id: ArticleId, language: str) -> StoredArticle:
        """Return one article.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[StoredArticle]:
        """Return articles by id, then language."""
        ...

    async def changes(self) -> int:
        """Return a number that grows with every change, so that a reader knows whether to read all again."""
        ...
