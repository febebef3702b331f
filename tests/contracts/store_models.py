"""What every implementation of `Models` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, ODD, all_pages
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.trained_model import ModelChange, ModelId, ModelState, TrainedModel

A, B, C = (ModelId(f"mo_{name}") for name in "abc")


def model(model_id: ModelId, *, minute: int = 0) -> TrainedModel:
    """Return a candidate."""
    return TrainedModel(
        id=model_id,
        name=f"linear@{model_id}",
        checksum="f" * 64,
        seed=7,
        examples=120,
        by="ann",
        created_at=at(minute),
        figures={"accuracy": 0.9, "flips": ["one", {"from": None}]},
    )


async def states(stores: Stores) -> dict[str, ModelState]:
    """Return the state of each model."""
    return {one.id: one.state for one in (await stores.models.list()).rows}


class ModelsContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_candidate_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        assert await stores.models.add(model(A))
        assert not await stores.models.add(replace(model(A), by="ben"))
        assert await stores.models.get(A) == model(A)
        assert await stores.models.in_use() is None

    async def test_what_is_added_is_a_candidate_whatever_it_says(self, stores: Stores) -> None:
        await stores.models.add(replace(model(A), state=ModelState.IN_USE, promoted_at=at(1), replaced=B))
        assert await stores.models.get(A) == model(A)
        assert await stores.models.in_use() is None

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.models.get(A)
        assert caught.value.hint
        assert not await stores.models.promote(A, instead_of=None, at=at(1))
        assert not await stores.models.roll_back(A, at=at(1))

    async def test_a_promoted_model_is_in_use_and_the_one_before_is_replaced(
        self, stores: Stores, second: Stores
    ) -> None:
        for one in (A, B):
            await stores.models.add(model(one))
        assert await stores.models.promote(A, instead_of=None, at=at(1))
        assert await second.models.promote(B, instead_of=A, at=at(2))
        found = await stores.models.in_use()
        assert found == replace(model(B), state=ModelState.IN_USE, promoted_at=at(2), replaced=A)
        assert await states(stores) == {A: ModelState.REPLACED, B: ModelState.IN_USE}

    async def test_nothing_is_promoted_instead_of_a_model_that_is_not_in_use(self, stores: Stores) -> None:
        for one in (A, B, C):
            await stores.models.add(model(one))
        assert not await stores.models.promote(B, instead_of=A, at=at(1))
        assert await stores.models.promote(A, instead_of=None, at=at(1))
        assert not await stores.models.promote(B, instead_of=None, at=at(2))
        assert not await stores.models.promote(B, instead_of=C, at=at(2))
        assert not await stores.models.promote(A, instead_of=A, at=at(2))
        assert await states(stores) == {A: ModelState.IN_USE, B: ModelState.CANDIDATE, C: ModelState.CANDIDATE}

    async def test_of_many_promotions_at_once_one_is_made(self, stores: Stores, second: Stores) -> None:
        names = [ModelId(f"mo_{number}") for number in range(10)]
        for one in names:
            await stores.models.add(model(one))
        before = await stores.models.changes()
        made = await asyncio.gather(
            *(
                (stores if number % 2 else second).models.promote(one, instead_of=None, at=at(number))
                for number, one in enumerate(names)
            )
        )
        assert sum(made) == 1
        assert sorted((await states(stores)).values()).count(ModelState.IN_USE) == 1
        assert await second.models.changes() == before + 1

    async def test_rolling_back_puts_the_one_before_in_use_and_then_none(self, stores: Stores) -> None:
        for one in (A, B):
            await stores.models.add(model(one))
        await stores.models.promote(A, instead_of=None, at=at(1))
        await stores.models.promote(B, instead_of=A, at=at(2))
        assert not await stores.models.roll_back(A, at=at(3))
        assert await stores.models.roll_back(B, at=at(3))
        assert not await stores.models.roll_back(B, at=at(4))
        assert await stores.models.in_use() == replace(model(A), state=ModelState.IN_USE, promoted_at=at(3))
        assert await stores.models.roll_back(A, at=at(5))
        assert await stores.models.in_use() is None
        assert await states(stores) == {A: ModelState.REPLACED, B: ModelState.REPLACED}

    async def test_rolling_back_walks_back_through_all_promotions_and_never_to_and_fro(self, stores: Stores) -> None:
        for one in (A, B):
            await stores.models.add(model(one))
        before: ModelId | None = None
        promoted: tuple[ModelId | None, ...] = (A, B, A, None, B)
        for minute, wanted in enumerate(promoted, start=1):
            assert await stores.models.promote(wanted, instead_of=before, at=at(minute), by="ann")
            before = wanted
        walked: list[ModelId | None] = []
        for minute in range(6, 11):
            assert await stores.models.roll_back(before, at=at(minute), by="ben")
            now = await stores.models.in_use()
            before = now.id if now else None
            walked.append(before)
        assert walked == [None, A, B, A, None]
        assert not await stores.models.roll_back(None, at=at(20))

    async def test_a_model_in_use_says_where_rolling_back_goes_also_after_it_was_gone_back_to(
        self, stores: Stores
    ) -> None:
        for one in (A, B, C):
            await stores.models.add(model(one))
        for minute, (one, before) in enumerate(((A, None), (B, A), (C, B)), start=1):
            await stores.models.promote(one, instead_of=before, at=at(minute))
        await stores.models.roll_back(C, at=at(4))
        found = await stores.models.in_use()
        assert found is not None
        assert (found.id, found.replaced) == (B, A)

    async def test_the_model_that_came_with_the_installation_is_put_in_use_where_another_is(
        self, stores: Stores
    ) -> None:
        await stores.models.add(model(A))
        assert not await stores.models.promote(None, instead_of=None, at=at(1))
        await stores.models.promote(A, instead_of=None, at=at(2))
        before = await stores.models.changes()
        assert not await stores.models.promote(None, instead_of=B, at=at(3))
        assert await stores.models.promote(None, instead_of=A, at=at(3))
        assert await stores.models.in_use() is None
        assert await states(stores) == {A: ModelState.REPLACED}
        assert await stores.models.changes() == before + 1

    async def test_the_history_tells_who_put_which_model_in_use_and_when(self, stores: Stores, second: Stores) -> None:
        for one in (A, B):
            await stores.models.add(model(one))
        assert (await stores.models.history()).rows == ()
        await stores.models.promote(A, instead_of=None, at=at(1), by="ann")
        await stores.models.promote(B, instead_of=A, at=at(2), by="ben")
        await second.models.roll_back(B, at=at(3), by="cy")
        await stores.models.roll_back(A, at=at(4))
        pages = await all_pages(lambda cursor: second.models.history(after=cursor, limit=3))
        assert [list(page) for page in pages] == [
            [
                ModelChange(model_id=None, replaced=None, at=at(4), by="", rolled_back=True),
                ModelChange(model_id=A, replaced=None, at=at(3), by="cy", rolled_back=True),
                ModelChange(model_id=B, replaced=A, at=at(2), by="ben"),
            ],
            [ModelChange(model_id=A, replaced=None, at=at(1), by="ann")],
        ]

    async def test_a_model_that_was_rolled_back_can_be_promoted_again(self, stores: Stores) -> None:
        for one in (A, B):
            await stores.models.add(model(one))
        await stores.models.promote(A, instead_of=None, at=at(1))
        await stores.models.promote(B, instead_of=A, at=at(2))
        await stores.models.roll_back(B, at=at(3))
        assert await stores.models.promote(B, instead_of=A, at=at(4))
        assert await states(stores) == {A: ModelState.REPLACED, B: ModelState.IN_USE}

    async def test_what_changed_what_is_in_use_counts_and_nothing_else_does(
        self, stores: Stores, second: Stores
    ) -> None:
        counts = [await stores.models.changes()]
        await stores.models.add(model(A))
        await stores.models.promote(A, instead_of=B, at=at(1))
        assert await stores.models.changes() == counts[0]
        await stores.models.promote(A, instead_of=None, at=at(1))
        counts.append(await second.models.changes())
        await stores.models.roll_back(A, at=at(2))
        counts.append(await second.models.changes())
        assert counts == sorted(set(counts))

    async def test_the_list_is_newest_first_in_pages(self, stores: Stores) -> None:
        for one in (B, C, A):
            await stores.models.add(model(one))
        pages = await all_pages(lambda cursor: stores.models.list(after=cursor, limit=2))
        assert [[one.id for one in page] for page in pages] == [[A, C], [B]]

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError):
            await stores.models.list(after=cursor)

    async def test_odd_text_comes_back_and_broken_text_is_refused(self, stores: Stores) -> None:
        odd = replace(model(ModelId(ODD)), by=ODD, figures={ODD: ODD})
        assert await stores.models.add(odd)
        assert await stores.models.get(ModelId(ODD)) == odd
        with pytest.raises(InputError):
            await stores.models.add(replace(model(A), by=HALF_PAIR))
