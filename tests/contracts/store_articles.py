"""What every implementation of `Articles` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_TEXT_CURSORS, ODD, all_pages, stored_article
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId

ORDER = ArticleId("order")


class ArticlesContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_an_article_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        first = stored_article("order")
        assert await stores.articles.add(first)
        assert not await stores.articles.add(replace(first, by="ben"))
        assert await stores.articles.get(ORDER, "en") == first

    async def test_languages_are_kept_apart(self, stores: Stores) -> None:
        german = stored_article("order", language="de", title="Wo ist sie?")
        for one in (stored_article("order"), german):
            assert await stores.articles.add(one)
        assert await stores.articles.remove(ORDER, "en")
        assert (await stores.articles.get(ORDER, "de")).article == german.article

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        await stores.articles.add(stored_article("order", language="de"))
        with pytest.raises(NotFoundError) as caught:
            await stores.articles.get(ORDER, "en")
        assert caught.value.hint
        assert not await stores.articles.change(stored_article("order"))
        assert not await stores.articles.remove(ORDER, "en")

    async def test_a_change_counts_the_revision_and_happens_once(self, stores: Stores) -> None:
        await stores.articles.add(stored_article("order"))
        changed = replace(stored_article("order", title="New"), by="ben", updated_at=at(9))
        assert await stores.articles.change(changed)
        assert not await stores.articles.change(changed)
        assert await stores.articles.get(ORDER, "en") == replace(changed, revision=1)

    async def test_what_was_removed_and_added_anew_has_no_revision_of_before(
        self, stores: Stores, second: Stores
    ) -> None:
        seen = set()
        for title in ("Good", "Other", "Evil"):
            added = await stores.articles.add(replace(stored_article("order", title=title), revision=99))
            assert added is not None
            assert await second.articles.get(ORDER, "en") == added
            assert added.revision not in seen
            assert await stores.articles.change(added)
            seen |= {added.revision, added.revision + 1}
            for revision in seen - {added.revision + 1}:
                assert not await stores.articles.change(replace(added, revision=revision))
            assert await second.articles.remove(ORDER, "en")

    async def test_what_changed_something_counts_and_nothing_else_does(self, stores: Stores, second: Stores) -> None:
        first = stored_article("order")
        counts = [await stores.articles.changes()]
        for made in (stores.articles.add(first), stores.articles.change(first), stores.articles.remove(ORDER, "en")):
            assert await made
            counts.append(await second.articles.changes())
        assert counts == sorted(set(counts))
        assert not await stores.articles.change(first)
        assert not await stores.articles.remove(ORDER, "en")
        assert await stores.articles.changes() == counts[-1]
        assert await stores.articles.add(first)
        counts.append(await stores.articles.changes())
        assert not await stores.articles.add(first)
        assert await stores.articles.changes() == counts[-1] > counts[-2]

    async def test_of_many_changes_at_once_one_is_made_and_counted(self, stores: Stores, second: Stores) -> None:
        await stores.articles.add(stored_article("order"))
        before = await stores.articles.changes()
        changes = [stored_article("order", title=f"{number}") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).articles.change(one) for number, one in enumerate(changes))
        )
        assert sum(made) == 1
        assert await second.articles.get(ORDER, "en") == replace(changes[made.index(True)], revision=1)
        assert await stores.articles.changes() == before + 1

    async def test_no_change_of_two_stores_at_once_goes_uncounted(self, stores: Stores, second: Stores) -> None:
        wanted = [stored_article(f"a{number}") for number in range(40)]
        await asyncio.gather(
            *((stores if number % 2 else second).articles.add(one) for number, one in enumerate(wanted))
        )
        assert await stores.articles.changes() == 40

    async def test_the_list_goes_by_id_then_language_in_pages(self, stores: Stores) -> None:
        for name, language in (("b", "de"), ("a", "fr"), ("ö", "en"), ("a", "de"), ("b", "en"), ("a", "en")):
            await stores.articles.add(stored_article(name, language=language))
        pages = await all_pages(lambda cursor: stores.articles.list(after=cursor, limit=2))
        found = [[f"{one.article.id} {one.article.language}" for one in page] for page in pages]
        assert found == [["a de", "a en"], ["a fr", "b de"], ["b en", "ö en"]]

    @pytest.mark.parametrize("cursor", [*NO_TEXT_CURSORS, "YQ==", "YQ==.", ".YQ==", "YQ==.YQ==.YQ=="])
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.articles.list(after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        plain = stored_article("order")
        odd = replace(plain, article=replace(plain.article, id=ArticleId(ODD), language=ODD, body=ODD), by=ODD)
        assert await stores.articles.add(odd)
        assert await stores.articles.add(plain)
        assert await stores.articles.get(ArticleId(ODD), ODD) == odd
        pages = await all_pages(lambda cursor: stores.articles.list(after=cursor, limit=1))
        assert [one.article.id for page in pages for one in page] == [ODD, "order"]

    async def test_text_that_is_not_unicode_is_refused_and_not_counted(self, stores: Stores) -> None:
        plain = stored_article("order")
        for broken in (
            replace(plain, by=HALF_PAIR),
            replace(plain, article=replace(plain.article, language=HALF_PAIR)),
        ):
            with pytest.raises(InputError):
                await stores.articles.add(broken)
        assert await stores.articles.changes() == 0
