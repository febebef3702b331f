"""What decided before is told beside what decides now, with why its proof counts no more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_examples import MODEL
from postroom.actions.guarantee import Promised
from postroom.actions.guarantee_earlier import earlier_proof, earlier_proofs, what_changed
from postroom.actions.guarantee_shown import guarantee_state
from postroom.interfaces.stores import Stores
from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement
from postroom.model.preferences import Preferences, in_force
from reviewed import LONG_AGO, reviewed

PROMISED = Promised(target=0.95, strict=False)
BEFORE = Decider(model=MODEL, responder="articles@1")
NOW = Decider(model=f"{MODEL}+language_model@2+unsure", responder="articles@1")


def judged(decider: Decider, number: int, *, day: int, **changes: object) -> list[Judgement]:
    """Return so many right decisions of a decider, a minute after one another."""
    _, made = reviewed(decider, number)
    return [
        replace(
            one,
            example_id=ExampleId(f"{decider}/{day}/{place}"),
            category="orders",
            at=LONG_AGO + timedelta(days=day, minutes=place),
            **changes,  # type: ignore[arg-type]  # Each test names fields as they are.
        )
        for place, one in enumerate(made)
    ]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (("a@1", "r@1"), ("a@1", "r@1"), ""),
        (("a@1", "r@1"), ("a@2", "r@1"), "another model labels the mail (a@2 in place of a@1)"),
        (("a@1", "r@1"), ("a@1+v@1+unsure", "r@1"), "a language model has a vote now"),
        (("a@1+v@1+unsure", "r@1"), ("a@1", "r@1"), "no language model has a vote any more"),
        (("a@1+v@1+unsure", "r@1"), ("a@1+v@1+always", "r@1"), "it votes in another way"),
        (("a@1", "r@1"), ("a@1", "r@2"), "answers are scored in another way (r@2 in place of r@1)"),
        (("a@1", ""), ("a@1", "r@2"), "answers are scored in another way (r@2 in place of an unknown version)"),
        (("a@1", "r@1"), ("a@1", "r@1+reworded-x@1"), "a language model rewords answers now"),
        (("a@1", "r@1+reworded-x@1"), ("a@1", "r@1"), "no language model rewords answers any more"),
        (("a@1", "r@1+reworded-x@1"), ("a@1", "r@1+reworded-x@2"), "answers are reworded in another way"),
        (
            ("a@1", "r@1"),
            ("a@2", "r@1+reworded-x@2"),
            "another model labels the mail (a@2 in place of a@1); a language model rewords answers now",
        ),
    ],
)
def test_what_changed_is_said_in_words(before: tuple[str, str], now: tuple[str, str], told: str) -> None:
    first, second = (Decider(model=model, responder=responder) for model, responder in (before, now))
    assert what_changed(first, second) == told


def test_the_proof_before_is_that_of_who_decided_last_before_the_present_one_did() -> None:
    older = Decider(model="older@1", responder="articles@1")
    everything = [
        *judged(older, 80, day=0),
        *judged(BEFORE, 70, day=2),
        *judged(NOW, 5, day=4),
        # While its server was down.
        *judged(BEFORE, 3, day=5),
    ]
    found = earlier_proof(NOW, everything, PROMISED)
    assert found is not None
    assert (found.standing.decider, found.standing.guarantee.reviewed) == (BEFORE, 73)
    assert (found.until.day - LONG_AGO.day, found.since) == (2, LONG_AGO + timedelta(days=4))
    assert found.because == "a language model has a vote now"
    assert earlier_proof(older, everything, PROMISED) is None


async def test_each_mailbox_of_real_mail_has_its_own_and_what_was_told_afterwards_is_none(stores: Stores) -> None:
    apart: tuple[dict[str, object], ...] = (
        {"generated": True},
        {"mailbox_id": None},
        {"live": False},
        {"agreement": 0.5},
    )
    for day, changes in enumerate(apart):
        await stores.judgements.put(judged(BEFORE, 60, day=day, **changes))
        assert await earlier_proofs(stores, NOW, PROMISED) == {}
    await stores.judgements.put(judged(BEFORE, 60, day=9))
    assert await earlier_proofs(stores, BEFORE, PROMISED) == {}
    assert list(await earlier_proofs(stores, NOW, PROMISED)) == ["main"]


async def test_the_promise_tells_that_it_began_again_and_shows_what_was(stores: Stores) -> None:
    await stores.judgements.put(judged(BEFORE, 60, day=0))
    preferences = in_force(Preferences(), Preferences())
    (now, *_) = (await guarantee_state(stores, [BEFORE], preferences)).models
    assert (now.automation, now.began_again, now.earlier) == (True, "", None)
    (now, fallback) = (await guarantee_state(stores, [NOW, BEFORE], preferences)).models
    # Of the present one nothing is known yet; what it falls back to is still proven.
    assert (now.mailbox_id, now.automation, fallback.automation) == ("main", False, True)
    assert now.began_again.startswith("The proof began again after 2025-06-02: ")
    await stores.judgements.put(judged(NOW, 7, day=3))
    (now, _) = (await guarantee_state(stores, [NOW, BEFORE], preferences)).models
    assert now.began_again == (
        "The proof began again on 2025-06-05: a language model has a vote now. At least 52 more reviews are needed."
    )
    assert now.earlier is not None
    assert (now.earlier.model, now.earlier.threshold, now.earlier.reviewed) == (MODEL, 0.95, 60)
