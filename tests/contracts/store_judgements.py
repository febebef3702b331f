"""What every implementation of `Judgements` does."""

from dataclasses import replace

from contracts.store_examples import MODEL, judgement
from postroom.interfaces.stores import Stores


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

    async def test_what_was_judged_live_is_replaced_by_live_ones_alone(self, stores: Stores, second: Stores) -> None:
        live, other = judgement("a"), replace(judgement("b"), live=False)
        await stores.judgements.put([live, other])
        again = [replace(judgement(name, right=False), live=False) for name in ("a", "b", "c")]
        await second.judgements.put(again)
        assert set(await stores.judgements.of_model(MODEL)) == {live, *again[1:]}
        later = judgement("b", minute=1)
        await stores.judgements.put([later, judgement("a", right=False)])
        assert set(await second.judgements.of_model(MODEL)) == {judgement("a", right=False), later, again[2]}
