"""What every implementation of `Judgements` does."""

from dataclasses import replace

from contracts.store_examples import MODEL, judgement
from contracts.store_nouns import at
from postroom.interfaces.stores import Stores
from postroom.model.example import ExampleId


class JudgementsContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_judgements_come_newest_first_one_for_each_example_and_model(self, stores: Stores) -> None:
        await stores.judgements.put([judgement("a", minute=2), judgement("b", minute=3), judgement("c", minute=1)])
        await stores.judgements.put([judgement("a", minute=4, right=False), judgement("a", model="other@1")])
        assert await stores.judgements.of_model(MODEL) == (
            judgement("a", minute=4, right=False),
            judgement("b", minute=3),
            judgement("c", minute=1),
        )
        newest = await stores.judgements.of_model(MODEL, limit=2)
        assert [one.example_id for one in newest] == ["xa_a", "xa_b"]
        assert await stores.judgements.of_model("nobody@1") == ()

    async def test_judgements_of_two_who_drafted_stand_side_by_side(self, stores: Stores) -> None:
        live, other = judgement("a"), replace(judgement("a", right=False), live=False, responder="articles@2")
        await stores.judgements.put([live])
        await stores.judgements.put([other])
        assert set(await stores.judgements.of_model(MODEL)) == {live, other}

    async def test_fair_ones_are_found_however_many_others_are_newer(self, stores: Stores) -> None:
        fair = replace(judgement("a"), agreement=None)
        unfair = [replace(fair, example_id=ExampleId(name), at=at(n), sampled=False) for n, name in enumerate("bcd", 1)]
        shadow = replace(judgement("e"), at=at(9), agreement=0.5)
        await stores.judgements.put([fair, *unfair, shadow])
        assert await stores.judgements.fair_of_model(MODEL, limit=2) == (fair,)

    async def test_ways_to_decide_are_counted_once_each_and_never_forgotten(
        self, stores: Stores, second: Stores
    ) -> None:
        first = await stores.judgements.ordinal_of("articles@1")
        assert await second.judgements.ordinal_of("vote+articles@1") == first + 1
        assert await stores.judgements.ordinal_of("articles@1") == first
        assert await stores.judgements.ordinal_of("articles@2") == first + 2

    async def test_what_was_judged_live_is_replaced_by_live_ones_alone(self, stores: Stores, second: Stores) -> None:
        live, other = judgement("a"), replace(judgement("b"), live=False)
        await stores.judgements.put([live, other])
        again = [replace(judgement(name, right=False), live=False) for name in ("a", "b", "c")]
        await second.judgements.put(again)
        assert set(await stores.judgements.of_model(MODEL)) == {live, *again[1:]}
        later = judgement("b", minute=1)
        await stores.judgements.put([later, judgement("a", right=False)])
        assert set(await second.judgements.of_model(MODEL)) == {judgement("a", right=False), later, again[2]}
