"""Shadow results are those of the models in use and of the ones before, in the time that is asked for."""

from dataclasses import replace

from contracts.store_examples import MODEL, judgement
from contracts.store_models import A, model
from contracts.store_nouns import at
from postroom.actions.desk import Desk
from postroom.actions.shadow import shadow_summary
from postroom.actions.summary import Stretch
from postroom.model.trained_model import ModelId

STRETCH = Stretch(since=at(0), until=at(60))


async def test_results_of_an_earlier_model_count_as_well_and_reviews_do_not(desk: Desk) -> None:
    earlier = replace(model(A), name="linear@before")
    await desk.stores.models.add(earlier)
    await desk.stores.judgements.put(
        [
            replace(judgement("1", minute=1), agreement=0.9),
            replace(judgement("2", model=earlier.name, minute=2), agreement=0.1, right=False),
            replace(judgement("3", minute=3), agreement=None),
            replace(judgement("4", model="linear@unknown", minute=4), agreement=0.9),
        ]
    )
    found = await shadow_summary(desk.stores, desk.clock, [MODEL], STRETCH)
    assert (found.all.drafts, found.all.right) == (2, 1)
    assert sum(one.drafts for one in found.categories) == 2


async def test_only_what_was_answered_in_that_time_counts(desk: Desk) -> None:
    await desk.stores.judgements.put(
        [replace(judgement(str(minute), minute=minute), agreement=0.9) for minute in (0, 59, 60)]
    )
    found = await shadow_summary(desk.stores, desk.clock, [MODEL, MODEL], STRETCH)
    assert (found.since, found.until, found.all.drafts) == (at(0), at(60), 2)


async def test_a_model_that_was_promoted_long_ago_counts_however_many_were_trained_since(desk: Desk) -> None:
    promoted = replace(model(A), name="linear@promoted")
    await desk.stores.models.add(promoted)
    await desk.stores.models.promote(A, instead_of=None, at=at(0))
    for number in range(9):
        await desk.stores.models.add(replace(model(ModelId(f"mo_{number}")), name=f"linear@{number}"))
    await desk.stores.judgements.put([replace(judgement("1", model=promoted.name, minute=1), agreement=0.9)])
    assert (await shadow_summary(desk.stores, desk.clock, [], STRETCH)).all.drafts == 1
