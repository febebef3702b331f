"""The articles that are answered from: those of the folder, and the approved ones that people keep in the store."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from postroom.bootstrap.embedding import embedding_of
from postroom.bootstrap.parts import made_up_mailbox
from postroom.interfaces.embedder import Embedder
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.meaning import ArticleMeaning
from postroom.knowledge.search import ArticleSearch
from postroom.model.article import Article
from postroom.responders.articles import ArticleResponder
from postroom.settings import Settings

PAGE = 200
Dress = Callable[[Responder], Responder]


class Shelves:
    """Keeps the responder `articles` true to what people approve; `ground` are the articles that need no store.

    `languages` (ISO 639-1 codes) are those that mail is told apart in. With an `embedder` it finds articles by their
    meaning, too, where words are not sure. `dress` is put around the responder, as the rewording of a language model.
    """

    def __init__(
        self,
        stores: Stores,
        ground: ArticleShelf,
        *,
        languages: Sequence[str],
        embedder: Embedder | None = None,
        dress: Dress | None = None,
    ) -> None:
        self._stores = stores
        self._ground = ground
        self._languages = languages
        self._embedder = embedder
        self._dress = dress
        self._meaning: ArticleMeaning | None = None
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
        shelf = merged(ground, kept)
        # Hundreds of articles take a while to read, and longer to embed: others on this event loop go on meanwhile.
        search, meaning = await asyncio.to_thread(self._read, shelf)
        self._ground, self.shelf, self._meaning = ground, shelf, meaning
        responder = ArticleResponder(search, meaning, languages=self._languages)
        self.responders["articles"] = self._dress(responder) if self._dress else responder
        self._changes = changes

    async def prepare(self, languages: Iterable[str]) -> None:
        """Embed the articles of `languages` in a thread; else that is done when the first mail needs it.

        About a tenth of a minute for 35 topics in one language. Nothing without an embedder.
        """
        if self._meaning is not None:
            await asyncio.to_thread(self._meaning.prepare, [one for one in languages if one in self.shelf.languages])

    def _read(self, shelf: ArticleShelf) -> tuple[ArticleSearch, ArticleMeaning | None]:
        search = ArticleSearch(shelf)
        if self._embedder is None:
            return search, None
        if self._meaning is not None:
            return search, self._meaning.renewed(search)
        return search, ArticleMeaning(search, ArticleVectors(self._embedder))


def search_embedder(settings: Settings) -> Embedder | None:
    """Return what articles are searched with by meaning; None for the made-up shop, which was measured by words alone.

    Raises:
        ConfigurationError: the model that the settings name is missing or damaged.
    """
    return None if made_up_mailbox(settings) else embedding_of(settings).for_search()


def merged(ground: ArticleShelf, kept: Iterable[Article]) -> ArticleShelf:
    """Return the articles of the ground with the approved ones of `kept` beside or, under the same id, before them."""
    found = {(article.id, article.language): article for article in ground.articles}
    found.update({(article.id, article.language): article for article in kept if article.approved})
    return ArticleShelf(found.values(), ground.person_topics)
