from dataclasses import replace

import pytest

from postroom.actions.articles_kept import (
    ArticleSource,
    ArticleText,
    approve_article,
    change_article,
    remove_article,
    used_after,
    with_source,
    withdraw_article,
    write_article,
)
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.knowledge.articles import ArticleShelf
from postroom.model.article import Article, ArticleId

ID = ArticleId("refund_when")
TEXT = ArticleText(category="refund", title="When?", questions=("When?",), body="Within five days.")


async def test_every_change_of_an_article_must_be_approved_anew(desk: Desk) -> None:
    assert not (await write_article(desk, ID, "en", TEXT)).article.approved
    approved = await approve_article(desk, ID, "en", revision=0)
    assert (approved.article.approved, approved.revision) == (True, 1)
    changed = await change_article(desk, ID, "en", replace(TEXT, body="Within six days."), revision=1)
    assert (changed.article.approved, changed.article.body, changed.revision) == (False, "Within six days.", 2)
    assert await desk.stores.articles.get(ID, "en") == changed
    await approve_article(desk, ID, "en", revision=2)
    assert not (await withdraw_article(desk, ID, "en", revision=3)).article.approved


async def test_an_article_is_changed_only_from_what_was_read(desk: Desk) -> None:
    await write_article(desk, ID, "en", TEXT)
    await change_article(desk, ID, "en", TEXT, revision=0)
    bob = Desk(stores=desk.stores, clock=desk.clock, by="bob")
    with pytest.raises(ConflictError, match="by 'ann'"):
        await change_article(bob, ID, "en", TEXT, revision=0)
    with pytest.raises(ConflictError, match="already"):
        await write_article(bob, ID, "en", TEXT)


async def test_an_approval_of_what_was_read_never_approves_what_was_written_anew(desk: Desk) -> None:
    read = await write_article(desk, ID, "en", TEXT)
    await remove_article(desk.stores, ID, "en")
    await write_article(desk, ID, "en", replace(TEXT, body="Never."))
    with pytest.raises(ConflictError):
        await approve_article(desk, ID, "en", revision=read.revision)
    assert not (await desk.stores.articles.get(ID, "en")).article.approved


async def test_the_rules_of_articles_hold_for_those_in_the_store(desk: Desk) -> None:
    for wrong in (replace(TEXT, body="<p>Hi</p>"), replace(TEXT, title=" "), replace(TEXT, questions=())):
        with pytest.raises(InputError, match="cannot be used"):
            await write_article(desk, ID, "en", wrong)
    with pytest.raises(InputError, match="ISO 639-1"):
        await write_article(desk, ID, "zz", TEXT)


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    for missing in (
        change_article(desk, ID, "en", TEXT, revision=0),
        approve_article(desk, ID, "en", revision=0),
        withdraw_article(desk, ID, "en", revision=0),
        remove_article(desk.stores, ID, "en"),
    ):
        with pytest.raises(NotFoundError):
            await missing


async def test_an_article_of_the_folder_is_told_from_one_of_the_store(desk: Desk) -> None:
    await write_article(desk, ID, "en", TEXT)
    kept = (await approve_article(desk, ID, "en", revision=0)).article
    assert (await with_source(desk.stores, kept)).source is ArticleSource.STORE
    assert (await with_source(desk.stores, replace(kept, body="Another."))).source is ArticleSource.FOLDER
    assert (await with_source(desk.stores, replace(kept, language="de"))).source is ArticleSource.FOLDER


def test_the_shelf_is_walked_by_id_then_language() -> None:
    def one(name: str, language: str) -> Article:
        return Article(id=ArticleId(name), language=language, category="c", title="t", questions=("q",), body="b")

    shelf = ArticleShelf([one("b", "en"), one("a", "fr"), one("a", "de")])
    walked = [(found.id, found.language) for found in used_after(shelf, ("", ""), limit=2)]
    assert walked == [("a", "de"), ("a", "fr")]
    assert [found.id for found in used_after(shelf, ("a", "fr"), limit=2)] == ["b"]
