"""Articles that people keep in the store: write, change, approve, delete. The responder reads the approved ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import ValidationError

from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.knowledge.article_files import ArticleEntry
from postroom.knowledge.articles import ArticleShelf
from postroom.model.article import Article, ArticleId, StoredArticle

_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it "
    "iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
    "my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
    "sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo "
    "za zh zu"
)
LANGUAGE_CODES = frozenset(_CODES.split())
"""The languages of ISO 639-1."""


class ArticleSource(StrEnum):
    """Where an article that is answered from comes from: the folder (or the starter set), or the store."""

    FOLDER = "folder"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedArticle:
    """An article that is answered from now."""

    article: Article
    source: ArticleSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What people write of an article: all but who it is and whether it may be sent."""

    category: str
    title: str
    questions: tuple[str, ...]
    body: str


async def write_article(desk: Desk, article_id: ArticleId, language: str, text: ArticleText) -> StoredArticle:
    """Return the new article, not approved yet.

    Raises:
        InputError: it breaks a rule of articles. ConflictError: there is one of that id and language.
    """
    written = await desk.stores.articles.add(_stored(desk, _article(article_id, language, text), revision=0))
    if written is None:
        raise ConflictError(
            f"There is an article {article_id!r} in language {language!r} already.", hint="Change that one."
        )
    return written


async def change_article(
    desk: Desk, article_id: ArticleId, language: str, text: ArticleText, *, revision: int
) -> StoredArticle:
    """Return the article with another text: it is answered from only once that was approved.

    Raises:
        InputError: it breaks a rule of articles. NotFoundError: there is none. ConflictError: it has another revision.
    """
    await desk.stores.articles.get(article_id, language)
    return await _change(desk, _stored(desk, _article(article_id, language, text), revision=revision))


async def approve_article(desk: Desk, article_id: ArticleId, language: str, *, revision: int) -> StoredArticle:
    """Return the article: from now on it is answered from.

    Raises:
        NotFoundError: there is none. ConflictError: it has another revision than the one that was read.
    """
    article = (await desk.stores.articles.get(article_id, language)).article
    return await _change(desk, _stored(desk, replace(article, approved=True), revision=revision))


async def withdraw_article(desk: Desk, article_id: ArticleId, language: str, *, revision: int) -> StoredArticle:
    """Return the article: it is kept, and not answered from any more.

    Raises:
        NotFoundError: there is none. ConflictError: it has another revision than the one that was read.
    """
    article = (await desk.stores.articles.get(article_id, language)).article
    return await _change(desk, _stored(desk, replace(article, approved=False), revision=revision))


async def remove_article(stores: Stores, article_id: ArticleId, language: str) -> None:
    """Delete an article of the store.

    Raises:
        NotFoundError: there is none.
    """
    if not await stores.articles.remove(article_id, language):
        raise NotFoundError(
            f"There is no article {article_id!r} in language {language!r} in the store.",
            hint="Those of the folder are changed there.",
        )


def used_after(shelf: ArticleShelf, key: tuple[str, str], *, limit: int) -> Sequence[Article]:
    """Return up to `limit` articles of the shelf behind the (id, language) `key`, in that order."""
    ordered = sorted(shelf.articles, key=_key)
    return [one for one in ordered if _key(one) > key][:limit]


async def with_source(stores: Stores, article: Article) -> UsedArticle:
    """Return an article of the shelf with where it comes from."""
    try:
        kept = (await stores.articles.get(article.id, article.language)).article
    except NotFoundError:
        return UsedArticle(article=article, source=ArticleSource.FOLDER)
    return UsedArticle(article=article, source=ArticleSource.STORE if kept == article else ArticleSource.FOLDER)


def _article(article_id: ArticleId, language: str, text: ArticleText) -> Article:
    if language not in LANGUAGE_CODES:
        raise InputError(f"{language!r} is no language of ISO 639-1.", hint="Write it as `en` or `de`.")
    try:
        entry = ArticleEntry(
            id=article_id,
            language=language,
            category=text.category,
            title=text.title,
            questions=text.questions,
            body=text.body,
            approved=False,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The article's `{field}` cannot be used: {first['msg'].removeprefix('Value error, ')}.",
            hint="Articles are plain text, without HTML or template marks.",
        ) from None
    return entry.article()


def _stored(desk: Desk, article: Article, *, revision: int) -> StoredArticle:
    return StoredArticle(article=article, by=desk.by, updated_at=desk.clock.now(), revision=revision)


async def _change(desk: Desk, changed: StoredArticle) -> StoredArticle:
    if not await desk.stores.articles.change(changed):
        key = changed.article.id, changed.article.language
        newest = await desk.stores.articles.get(*key)
        raise ConflictError(
            f"The article {key[0]!r} in language {key[1]!r} was changed by {newest.by!r} meanwhile.",
            hint="Read it again, then repeat what you wanted.",
        )
    return replace(changed, revision=changed.revision + 1)


def _key(article: Article) -> tuple[str, str]:
    return article.id, article.language
