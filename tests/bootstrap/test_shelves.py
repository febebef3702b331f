import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.hashing_embedder import HashingEmbedder
from empty_store import open_stores_at
from postroom.bootstrap.shelves import Shelves, merged
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.model.article import Article, ArticleId, StoredArticle

AT = datetime(2026, 11, 2, tzinfo=UTC)


def article(name: str, body: str, *, language: str = "en") -> Article:
    return Article(
        id=ArticleId(name), language=language, category="delivery", title=name, questions=(f"{name}?",), body=body
    )


def kept(written: Article) -> StoredArticle:
    return StoredArticle(article=written, by="ann", updated_at=AT)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


def test_an_approved_article_of_the_store_goes_before_that_of_the_folder() -> None:
    ground = ArticleShelf([article("delivery", "Two days."), article("returns", "Thirty days.")])

    found = merged(ground, [article("delivery", "Three days."), article("voucher", "At the till.")])

    assert {one.id: one.body for one in found.articles} == {
        "delivery": "Three days.",
        "returns": "Thirty days.",
        "voucher": "At the till.",
    }


def test_what_nobody_approved_leaves_the_article_of_the_folder_as_it_is() -> None:
    ground = ArticleShelf([article("delivery", "Two days.")])

    found = merged(ground, [replace(article("delivery", "Never."), approved=False)])

    assert [one.body for one in found.articles] == ["Two days."]


async def test_an_article_that_is_approved_meanwhile_is_answered_from(stores: Stores) -> None:
    shelves = Shelves(stores, ArticleShelf(()), languages=("en",))
    await shelves.refresh()
    before = shelves.responders["articles"]
    await stores.articles.add(kept(article("delivery", "Two days.")))

    await shelves.refresh()

    assert shelves.shelf.find("delivery", "en") is not None
    assert shelves.responders["articles"] is not before


async def test_who_tells_other_languages_apart_drafts_in_another_way(stores: Stores) -> None:
    async def named(*languages: str) -> str:
        shelves = Shelves(stores, ArticleShelf(()), languages=languages)
        await shelves.refresh()
        return shelves.responders["articles"].name

    assert await named("en", "de") == await named("de", "en") != await named("en")


async def test_nothing_is_read_anew_while_nothing_changes(stores: Stores) -> None:
    await stores.articles.add(kept(article("delivery", "Two days.")))
    shelves = Shelves(stores, ArticleShelf(()), languages=("en",))
    await shelves.refresh()
    before = shelves.responders["articles"]

    await shelves.refresh()

    assert shelves.responders["articles"] is before


async def test_without_its_ground_only_the_articles_of_the_store_stay(stores: Stores) -> None:
    await stores.articles.add(kept(article("voucher", "At the till.")))
    shelves = Shelves(stores, ArticleShelf([article("delivery", "Two days.")]), languages=("en",))
    await shelves.refresh()
    nothing = ArticleShelf(())

    await shelves.refresh(ground=nothing)

    assert [one.id for one in shelves.shelf.articles] == ["voucher"]


async def test_only_changed_articles_are_embedded_anew_and_never_on_the_event_loop(stores: Stores) -> None:
    here, threads = threading.get_ident(), set[int]()

    class Noting(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            threads.add(threading.get_ident())
            return super().embed(texts)

    embedder = Noting()
    ground = ArticleShelf([article("delivery", "Two days."), article("retour", "Trente.", language="fr")])
    shelves = Shelves(stores, ground, languages=("en",), embedder=embedder)
    await shelves.refresh()
    assert embedder.texts == []

    await shelves.prepare(["en", "xx"])
    assert embedder.texts == ["delivery?", "delivery\nTwo days."]

    await stores.articles.add(kept(article("voucher", "At the till.")))
    await shelves.refresh()
    assert embedder.texts[2:] == ["voucher?", "voucher\nAt the till."]
    assert here not in threads


async def test_without_an_embedder_there_is_nothing_to_prepare(stores: Stores) -> None:
    shelves = Shelves(stores, ArticleShelf([article("delivery", "Two days.")]), languages=("en",))
    await shelves.prepare(["en"])
    await shelves.refresh()
    await shelves.prepare(["en"])
    assert "articles" in shelves.responders
