"""Articles in SQL: each is one text beside its key and revision; a counter tells that any of them changed."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import UpdateBase

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.article import ArticleId, StoredArticle
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.learning import articles, counters

COUNTER = "articles"

_MINE = (articles.c.id == bindparam("of_id"), articles.c.language == bindparam("of_language"))

ADD = insert_once(articles, "id", "language")
CHANGE = (
    update(articles)
    .where(*_MINE, articles.c.revision == bindparam("before"))
    .values(revision=bindparam("revision"), article_json=bindparam("article_json"))
)
REMOVE = delete(articles).where(*_MINE)
ONE = select(articles.c.article_json).where(*_MINE)
LIST = (
    select(articles)
    .where(tuple_(articles.c.id, articles.c.language) > tuple_(bindparam("id"), bindparam("language")))
    .order_by(articles.c.id, articles.c.language)
    .limit(bindparam("limit"))
)
COUNT_ON = (
    insert(counters)
    .values(name=COUNTER, number=1)
    .on_conflict_do_update(index_elements=["name"], set_={"number": counters.c.number + 1})
)
CHANGES = select(counters.c.number).where(counters.c.name == COUNTER)


class SqlArticles:
    """The `Articles` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, article: StoredArticle) -> StoredArticle | None:
        """Store a new article and return it with its first revision; None where there is one of that id and language.

        That is the number of all changes so far: no article of that id and language that was removed can have had it.
        """
        key = {"id": article.article.id, "language": article.article.language}

        def operation(connection: Connection) -> StoredArticle | None:
            added = replace(article, revision=_changes(connection))
            if connection.execute(ADD, key | _columns(added)).rowcount == 0:
                return None
            connection.execute(COUNT_ON)
            return added

        return await self._database.write(operation)

    async def change(self, article: StoredArticle) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        changed = _columns(replace(article, revision=article.revision + 1))
        key = _key(article.article.id, article.article.language)
        return await self._change(CHANGE, key | {"before": article.revision} | changed)

    async def remove(self, article_id: ArticleId, language: str) -> bool:
        """Delete it; False where there is none."""
        return await self._change(REMOVE, _key(article_id, language))

    async def get(self, article_id: ArticleId, language: str) -> StoredArticle:
        """Return one article; NotFoundError where there is none."""
        values = _key(article_id, language)
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        if row is None:
            raise NotFoundError(
                f"There is no article {article_id!r} in the language {language!r}.",
                hint="The list of articles shows their ids and languages.",
            )
        return _article_of(row)

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[StoredArticle]:
        """Return articles by id, then language."""
        article_id, language = read_text_cursor(after, ("", ""))
        values = {"id": article_id, "language": language, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _article_of, lambda row: write_text_cursor(row.id, row.language))

    async def changes(self) -> int:
        """Return a number that grows with every change, so that a reader knows whether to read all again."""
        return await self._database.read(_changes)

    async def _change(self, statement: UpdateBase, values: Mapping[str, object]) -> bool:
        """Execute a statement about one article; where it changed something, count on at the same moment."""

        def operation(connection: Connection) -> bool:
            changed = connection.execute(statement, values).rowcount == 1
            if changed:
                connection.execute(COUNT_ON)
            return changed

        return await self._database.write(operation)


def _changes(connection: Connection) -> int:
    return int(connection.execute(CHANGES).scalar() or 0)


def _key(article_id: ArticleId, language: str) -> Values:
    return {"of_id": article_id, "of_language": language}


def _article_of(row: Found) -> StoredArticle:
    return decode(StoredArticle, row.article_json)


def _columns(article: StoredArticle) -> Values:
    stored = replace(article, updated_at=moment(millis(article.updated_at)))
    return {"revision": stored.revision, "article_json": encode(stored)}
