"""What every implementation of `Examples` does, and what they and judgements do together."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId
from postroom.model.email import EmailId, MailboxId
from postroom.model.example import Example, ExampleFilter, ExampleId, Origin
from postroom.model.judgement import Judgement

MODEL = "ensemble@1a2b3c4d"


def example(name: str, *, category: str = "orders", origin: Origin = Origin.REVIEW, mailbox: str = "shop") -> Example:
    """Return the example `xa_<name>`, made of the e-mail `em_<name>`."""
    return Example(
        id=ExampleId(f"xa_{name}"),
        origin=origin,
        subject="Parcel",
        text="Where is it?",
        language="en",
        category=category,
        by="ann",
        at=at(1),
        article_ids=(ArticleId("where"), ArticleId("when")),
        refused_ids=(ArticleId("why"),),
        answer="It is on its way.",
        email_id=EmailId(f"em_{name}"),
        mailbox_id=MailboxId(mailbox),
    )


def judgement(name: str, *, model: str = MODEL, minute: int = 0, right: bool = True) -> Judgement:
    """Return a judgement of the example `xa_<name>`."""
    return Judgement(
        example_id=ExampleId(f"xa_{name}"),
        model=model,
        category="orders",
        score=0.1 + 0.2,
        right=right,
        at=at(minute),
        automatic=True,
        agreement=1 / 3,
        mailbox_id=MailboxId("shop"),
    )


async def listed(stores: Stores, matching: ExampleFilter) -> list[str]:
    """Return the ids of all examples that match."""
    pages = await all_pages(lambda cursor: stores.examples.list(matching, after=cursor, limit=2))
    return [one.id for page in pages for one in page]


class ExamplesContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_examples_come_back_as_they_were(self, stores: Stores, second: Stores) -> None:
        imported = replace(example("b", origin=Origin.IMPORT), email_id=None, mailbox_id=None)
        assert await stores.examples.put([example("a"), imported]) == 2
        assert await second.examples.get(ExampleId("xa_a")) == example("a")
        assert await second.examples.get(ExampleId("xa_b")) == imported

    async def test_what_is_said_later_replaces_what_was_said_before_in_its_place(self, stores: Stores) -> None:
        await stores.examples.put([example("a"), example("b")])
        assert await stores.examples.put([example("a", category="returns"), example("c")]) == 1
        assert (await stores.examples.get(ExampleId("xa_a"))).category == "returns"
        assert await listed(stores, ExampleFilter()) == ["xa_a", "xa_b", "xa_c"]

    async def test_one_that_is_given_twice_at_once_is_one(self, stores: Stores) -> None:
        assert await stores.examples.put([example("a"), example("a", category="returns")]) == 1
        assert await stores.examples.count() == {"returns": 1}

    async def test_nothing_is_no_change(self, stores: Stores) -> None:
        assert await stores.examples.put([]) == 0
        await stores.judgements.put([])
        assert await stores.examples.changes() == 0

    async def test_more_than_fit_into_one_statement_are_stored(self, stores: Stores) -> None:
        many = [example(f"{number:04}") for number in range(1_200)]
        assert await stores.examples.put(many[:700]) == 700
        assert await stores.examples.put(many) == 500
        assert await stores.examples.count() == {"orders": 1_200}

    async def test_a_filter_narrows_by_all_it_names(self, stores: Stores) -> None:
        await stores.examples.put(
            [
                example("a"),
                example("b", origin=Origin.AUDIT),
                example("c", category="returns", origin=Origin.AUDIT),
                example("d", category="", mailbox="other", origin=Origin.AUDIT),
                example("e", origin=Origin.AUDIT, mailbox="other"),
            ]
        )
        audits = ExampleFilter(origin=Origin.AUDIT)
        assert await listed(stores, audits) == ["xa_b", "xa_c", "xa_d", "xa_e"]
        assert await listed(stores, replace(audits, category="orders")) == ["xa_b", "xa_e"]
        assert await listed(stores, replace(audits, category="orders", mailbox_id=MailboxId("other"))) == ["xa_e"]
        assert await listed(stores, ExampleFilter(category="")) == ["xa_d"]
        assert await listed(stores, ExampleFilter(category="nothing")) == []

    async def test_examples_without_a_category_are_not_counted(self, stores: Stores) -> None:
        await stores.examples.put([example("a"), example("b"), example("c", category=""), example("d", category="x")])
        assert await stores.examples.count() == {"orders": 2, "x": 1}

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.examples.get(ExampleId("xa_a"))
        assert caught.value.hint
        assert not await stores.examples.remove(ExampleId("xa_a"))

    async def test_a_removed_example_takes_its_judgements_with_it(self, stores: Stores) -> None:
        await stores.examples.put([example("a"), example("b")])
        await stores.judgements.put([judgement("a"), judgement("b"), judgement("a", model="other@1")])
        assert await stores.examples.remove(ExampleId("xa_a"))
        assert await listed(stores, ExampleFilter()) == ["xa_b"]
        assert [one.example_id for one in await stores.judgements.of_model(MODEL)] == ["xa_b"]
        assert await stores.judgements.of_model("other@1") == ()

    async def test_models_that_were_judged_come_the_last_one_first(self, stores: Stores) -> None:
        assert await stores.judgements.models() == ()
        await stores.judgements.put(
            [judgement("a", minute=3), judgement("a", model="b@1", minute=1), judgement("b", model="b@1", minute=4)]
        )
        await stores.judgements.put([judgement("c", model="c@1", minute=2)])
        assert await stores.judgements.models() == ("b@1", MODEL, "c@1")
        assert await stores.judgements.models(limit=1) == ("b@1",)

    async def test_every_change_of_either_is_counted(self, stores: Stores, second: Stores) -> None:
        counts = [await stores.examples.changes()]
        for change in (
            stores.examples.put([example("a")]),
            stores.judgements.put([judgement("a")]),
            stores.examples.remove(ExampleId("xa_a")),
        ):
            await change
            counts.append(await second.examples.changes())
        assert counts == sorted(set(counts))

    async def test_no_change_of_two_stores_at_once_goes_uncounted(self, stores: Stores, second: Stores) -> None:
        await asyncio.gather(
            *((stores if number % 2 else second).examples.put([example(f"{number}")]) for number in range(40))
        )
        assert await stores.examples.changes() == 40

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.examples.list(after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(example("a", category=ODD), subject=ODD, text=ODD, answer=ODD, by=ODD)
        await stores.examples.put([odd])
        assert await stores.examples.get(odd.id) == odd
        assert await listed(stores, ExampleFilter(category=ODD)) == ["xa_a"]

    async def test_text_that_is_not_unicode_is_refused_and_all_that_came_with_it(self, stores: Stores) -> None:
        for broken in (replace(example("b"), text=HALF_PAIR), example("b", category=HALF_PAIR)):
            with pytest.raises(InputError):
                await stores.examples.put([example("a"), broken])
        assert await listed(stores, ExampleFilter()) == []
        assert await stores.examples.changes() == 0
