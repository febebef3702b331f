"""`/articles`: the answers that people keep, and those that are answered from now."""

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.articles_kept import (
    ArticleText,
    UsedArticle,
    approve_article,
    change_article,
    remove_article,
    used_after,
    with_source,
    withdraw_article,
    write_article,
)
from postroom.api.access import Configurer, Decider, Reader
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import NOT_BLANK, Language, Revision, YesNo
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.article import ArticleId, StoredArticle
from postroom.model.page import Page

MAX_BODY_CHARS = 20_000
MAX_TITLE_CHARS = 200
MAX_QUESTIONS = 100
MAX_QUESTION_CHARS = 500

ROUTER = router("/articles", "articles")

_Category = Annotated[str, Field(max_length=80, pattern=NOT_BLANK, description="A category of the classifier.")]
_Title = Annotated[str, Field(max_length=MAX_TITLE_CHARS, pattern=NOT_BLANK, description="What it is about.")]
_Question = Annotated[str, Field(max_length=MAX_QUESTION_CHARS, pattern=NOT_BLANK)]
_Questions = Annotated[
    tuple[_Question, ...],
    Field(min_length=1, max_length=MAX_QUESTIONS, description="Ways to ask for it; they help the search."),
]
_Body = Annotated[
    str,
    Field(
        max_length=MAX_BODY_CHARS,
        pattern=NOT_BLANK,
        description="The answer as plain text, paragraphs separated by an empty line; neither HTML nor `{{`.",
    ),
]


class NewArticleForm(BaseModel):
    """An article to be written."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$", description="The same in every language; later it stays as it is."
    )
    language: Language
    category: _Category
    title: _Title
    questions: _Questions
    body: _Body


class ArticleChangeForm(BaseModel):
    """Another text for an article."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision
    category: _Category
    title: _Title
    questions: _Questions
    body: _Body


class ArticleApprovalForm(BaseModel):
    """Whether an article may be sent to customers."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision
    approved: YesNo = Field(description="False takes it out of use and keeps it.")


@ROUTER.get("")
async def list_articles(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[StoredArticle]:
    """List the articles that people keep in the store, by id, then language."""
    return await office.stores.articles.list(after=after, limit=limit)


@ROUTER.get("/in-use")
async def list_articles_in_use(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[UsedArticle]:
    """List the articles that are answered from now, by id, then language."""
    article_id, language = read_text_cursor(after, ("", ""))
    found = used_after(office.shelf(), (article_id, language), limit=limit + 1)
    rows = [await with_source(office.stores, one) for one in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(rows=tuple(rows), next_cursor=write_text_cursor(last.id, last.language) if last else None)


@ROUTER.post("", status_code=201, responses=problems(409))
async def create_article(request: Request, body: NewArticleForm, caller: Decider, office: OfficeHere) -> StoredArticle:
    """Write an article; it is answered from once it was approved."""
    text = ArticleText(category=body.category, title=body.title, questions=body.questions, body=body.body)
    note_subject(request, f"{body.id}/{body.language}")
    return await write_article(office.desk(caller), ArticleId(body.id), body.language, text)


@ROUTER.get("/{article_id}/{language}", responses=problems(404))
async def get_article(article_id: ArticleId, language: str, _caller: Reader, office: OfficeHere) -> StoredArticle:
    """Read one article of the store."""
    return await office.stores.articles.get(article_id, language)


@ROUTER.put("/{article_id}/{language}", responses=problems(404, 409))
async def update_article(
    article_id: ArticleId, language: str, body: ArticleChangeForm, caller: Decider, office: OfficeHere
) -> StoredArticle:
    """Write another text; the article is not answered from until that was approved."""
    text = ArticleText(category=body.category, title=body.title, questions=body.questions, body=body.body)
    changed = await change_article(office.desk(caller), article_id, language, text, revision=body.revision)
    office.wake()
    return changed


@ROUTER.put("/{article_id}/{language}/approval", responses=problems(404, 409))
async def update_article_approval(
    article_id: ArticleId, language: str, body: ArticleApprovalForm, caller: Configurer, office: OfficeHere
) -> StoredArticle:
    """Let an article be sent to customers, or take it out of use."""
    act = approve_article if body.approved else withdraw_article
    changed = await act(office.desk(caller), article_id, language, revision=body.revision)
    office.wake()
    return changed


@ROUTER.delete("/{article_id}/{language}", status_code=204, responses=problems(404))
async def delete_article(article_id: ArticleId, language: str, _caller: Configurer, office: OfficeHere) -> None:
    """Delete an article of the store; one of the folder with the same id is answered from again."""
    await remove_article(office.stores, article_id, language)
    office.wake()
