"""The promise over HTTP: each category with why not, and what another target would give."""

from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.statements import counted, statements_of
from contracts.store_examples import MODEL
from postroom.actions.guarantee import Places
from postroom.api import guarantee, preferences
from postroom.api.office import ModelsHere
from postroom.model.email import MailboxId
from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement
from postroom.model.user import Role

DECIDER = Decider(model=MODEL, responder="articles@1")
PLACE = "/api/v1/guarantee"


def judged(number: int, category: str = "orders", *, right: bool = True, automatic: bool = False) -> list[Judgement]:
    """Return so many judgements of a category."""
    return [
        Judgement(
            example_id=ExampleId(f"{category}/{right}/{automatic}/{place}"),
            model=DECIDER.model,
            responder=DECIDER.responder,
            category=category,
            score=0.95,
            right=right,
            at=NOW,
            automatic=automatic,
            mailbox_id=MailboxId("main"),
        )
        for place in range(number)
    ]


async def viewer(rooms: Rooms, judgements: Sequence[Judgement], *, made_up: str | None = None) -> httpx.AsyncClient:
    """Return who looks at a Postroom with one model and these judgements."""
    await rooms.stores.judgements.put(judgements)
    place = None if made_up is None else MailboxId(made_up)
    places = Places(since={MailboxId("main"): None}, made_up=place)
    rooms.office = replace(rooms.office, models=ModelsHere(deciders=lambda: (DECIDER,), places=lambda: places))
    return await rooms.client(rooms.app(guarantee.ROUTER), Role.VIEWER)


async def test_before_anything_is_reviewed_it_says_how_much_is_missing(rooms: Rooms) -> None:
    ann = await viewer(rooms, [])
    state = (await ann.get(PLACE)).json()
    assert (state["target_precision"], state["strict_categories"], state["audit_share"]) == (0.95, False, 0.05)
    (model,) = state["models"]
    assert (model["model"], model["automation"], model["threshold"]) == (MODEL, False, None)
    assert (model["reviewed"], model["more_reviews"], model["categories"]) == (0, 201, [])


async def test_a_proven_category_joins_and_a_contradicted_one_says_why_not(rooms: Rooms) -> None:
    ann = await viewer(rooms, [*judged(400), *judged(6, "refund", right=False)])
    (model,) = (await ann.get(PLACE)).json()["models"]
    assert (model["automation"], model["reviewed"], model["automated"], model["precision"]) == (True, 406, 400, 1.0)
    assert model["lower_bound"] > 0.95
    orders, refund = model["categories"]
    assert (orders["threshold"], orders["doubt"], orders["demoted"]) == (0.95, "", False)
    assert (refund["threshold"], refund["demoted"]) == (None, False)
    assert "refund" in refund["doubt"]


async def test_a_category_that_fell_is_marked_as_demoted(rooms: Rooms) -> None:
    ann = await viewer(rooms, [*judged(120), *judged(3, right=False, automatic=True)])
    (model,) = (await ann.get(PLACE)).json()["models"]
    assert model["categories"][0]["demoted"]
    assert model["categories"][0]["threshold"] is None
    assert model["drift"]


async def test_the_dial_tells_what_another_target_would_give(rooms: Rooms) -> None:
    ann = await viewer(rooms, judged(60))
    (dial,) = (await ann.get(f"{PLACE}/dial", params={"targets": [0.9, 0.95, 0.99]})).json()
    assert (dial["model"], dial["generated"], dial["reviewed"]) == (MODEL, False, 60)
    found = [(point["target"], point["coverage"], point["more_reviews"]) for point in dial["points"]]
    assert found == [(0.9, 1.0, 0), (0.95, 1.0, 0), (0.99, 0.0, 239)]
    (every,) = (await ann.get(f"{PLACE}/dial")).json()
    assert every["points"][0]["target"] == 0.8


@pytest.mark.parametrize("targets", [["0.4"], ["1"], ["nan"], ["inf"], ["much"], ["0.9"] * 21, [""]])
async def test_a_target_that_nobody_can_promise_is_refused(rooms: Rooms, targets: list[str]) -> None:
    ann = await viewer(rooms, [])
    assert (await ann.get(f"{PLACE}/dial", params={"targets": targets})).status_code == 422


async def test_generated_mail_is_shown_apart(rooms: Rooms) -> None:
    ann = await viewer(rooms, [replace(one, generated=True) for one in judged(60)], made_up="main")
    real, generated = (await ann.get(PLACE)).json()["models"]
    assert (real["generated"], real["reviewed"]) == (False, 0)
    assert (generated["generated"], generated["reviewed"], generated["automation"]) == (True, 60, True)
    dials = (await ann.get(f"{PLACE}/dial", params={"targets": 0.9})).json()
    assert [(one["generated"], one["reviewed"]) for one in dials] == [(False, 0), (True, 60)]


async def test_another_target_counts_at_once(rooms: Rooms) -> None:
    ann = await viewer(rooms, judged(60))
    boss = await rooms.client(rooms.app(preferences.ROUTER), Role.ADMIN)
    assert (await ann.get(PLACE)).json()["models"][0]["automation"]
    changed = {"revision": 0, "target_precision": 0.99, "strict_categories": True, "audit_share": 0.5}
    assert (await boss.patch("/api/v1/preferences", json=changed)).status_code == 200
    state = (await ann.get(PLACE)).json()
    assert (state["target_precision"], state["strict_categories"], state["audit_share"]) == (0.99, True, 0.5)
    assert not state["models"][0]["automation"]


async def test_the_number_of_reviews_does_not_change_the_number_of_statements(rooms: Rooms) -> None:
    ann = await viewer(rooms, judged(1))
    few = [await statements_of(ann, path) for path in (PLACE, f"{PLACE}/dial")]
    await rooms.stores.judgements.put([*judged(200), *judged(50, "refund")])
    with counted() as anew:
        assert (await ann.get(PLACE)).json()["models"][0]["reviewed"] == 250
        assert (await ann.get(f"{PLACE}/dial")).json()[0]["reviewed"] == 250
    assert [await statements_of(ann, path) for path in (PLACE, f"{PLACE}/dial")] == few
    # Anew: the judgements, twice, for what decides and for what did before; categories, mailboxes, and which models.
    assert len(anew) <= sum(few) + 6


async def test_what_was_told_is_not_computed_again_until_something_changes(rooms: Rooms) -> None:
    ann = await viewer(rooms, judged(60))
    first = await ann.get(PLACE)
    again, few = await ann.get(PLACE), await statements_of(ann, PLACE)
    assert again.json() == first.json()
    await rooms.stores.judgements.put(judged(3, right=False, automatic=True))
    with counted() as anew:
        assert not (await ann.get(PLACE)).json()["models"][0]["automation"]
    assert len(anew) > few
