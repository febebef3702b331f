"""The articles that are answered from: those of the folder, and the approved ones that people keep in the store."""

import asyncio
from collections.abc import Iterable

from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.search import ArticleSearch
from postroom.model.article import Article
from postroom.responders.articles import ArticleResponder

PAGE = 200


class Shelves:
    """Keeps the responder `articles` true to what people approve; `ground` are the articles that need no store."""

    def __init__(self, stores: Stores, ground: ArticleShelf) -> None:
        self._stores = stores
        self._ground = ground
        self._changes = -1
        self.shelf = ground
        self.responders: dict[str, Responder] = {}

    async def refresh(self, *, ground: ArticleShelf | None = None) -> None:
        """Read the store where something in it, or the ground, has changed.

        Raises:
            StoreError: it cannot be read; everything stays as it was.
        """
        changes = await self._stores.articles.changes()
        ground = self._ground if ground is None else ground
        if changes == self._changes and ground is self._ground:
            return
        kept = [one.article async for one in every(lambda after: self._stores.articles.list(after=after, limit=PAGE))]
        self._ground = ground
        self.shelf = merged(self._ground, kept)
        # Hundreds of articles take a while to read: others on this event loop go on meanwhile.
        self.responders["articles"] = ArticleResponder(await asyncio.to_thread(ArticleSearch, self.shelf))
        self._changes = changes


def merged(ground: ArticleShelf, kept: Iterable[Article]) -> ArticleShelf:
    """Return the articles of the ground with the approved ones of `kept` beside or, under the same id, before them."""
    found = {(article.id, article.language): article for article in ground.articles}
    found.update({(article.id, article.language): article for article in kept if article.approved})
    return ArticleShelf(found.values(), ground.person_topics)
