"""What decided before is told beside what decides now, with why its proof counts no more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_examples import MODEL
from postroom.actions.guarantee import Places, Promised
from postroom.actions.guarantee_earlier import CONTRADICTED, OTHER_MAIL, earlier_proofs, what_changed
from postroom.actions.guarantee_shown import guarantee_state
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement
from postroom.model.look import Look
from postroom.model.preferences import Preferences, in_force
from reviewed import LONG_AGO, reviewed

PROMISED = Promised(target=0.95, strict=False)
BEFORE = Decider(model=MODEL, responder="articles@1")
NOW = Decider(model=f"{MODEL}+language_model@2+unsure", responder="articles@1")

HERE = Places(since={MailboxId("main"): None})
LOOK = Look(mailbox_id=MailboxId("main"), at=LONG_AGO + timedelta(days=2), decider=BEFORE, threshold=0.95)


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


async def test_the_proof_before_is_what_was_proven_at_the_last_look(stores: Stores) -> None:
    older = Decider(model="older@1", responder="articles@1")
    await stores.judgements.put(judged(older, 80, day=0))
    await stores.judgements.put(judged(BEFORE, 70, day=2))
    # Whoever was judged last, and whatever was told afterwards.
    await stores.judgements.put(judged(older, 1, day=4))
    await stores.judgements.put(judged(Decider(model="tried@1", responder="articles@1"), 9, day=5, live=False))
    assert await earlier_proofs(stores, NOW, PROMISED, HERE) == {}
    await stores.looks.put(LOOK)
    (found,) = (await earlier_proofs(stores, NOW, PROMISED, HERE)).values()
    assert found.standing is not None
    assert (found.standing.decider, found.standing.guarantee.reviewed) == (BEFORE, 70)
    assert (found.until, found.because) == (LOOK.at, "a language model has a vote now")


async def test_the_same_decider_is_told_why_its_own_proof_is_lost(stores: Stores) -> None:
    await stores.looks.put(LOOK)
    (found,) = (await earlier_proofs(stores, BEFORE, PROMISED, HERE)).values()
    assert (found.standing, found.because) == (None, CONTRADICTED)


async def test_of_other_mail_than_the_mailbox_holds_now_nothing_is_shown(stores: Stores) -> None:
    await stores.judgements.put(judged(BEFORE, 70, day=2))
    await stores.looks.put(LOOK)
    other = Places(since={LOOK.mailbox_id: LOOK.at + timedelta(days=1)})
    (found,) = (await earlier_proofs(stores, NOW, PROMISED, other)).values()
    assert found.standing is not None
    assert (found.because, found.standing.guarantee.reviewed) == (OTHER_MAIL, 0)
    assert await earlier_proofs(stores, NOW, PROMISED, Places()) == {}


async def test_the_promise_tells_that_it_began_again_and_shows_what_was(stores: Stores) -> None:
    await stores.judgements.put(judged(BEFORE, 60, day=0))
    await stores.looks.put(LOOK)
    preferences = in_force(Preferences(), Preferences())
    (now, *_) = (await guarantee_state(stores, [BEFORE], preferences, HERE)).models
    assert (now.automation, now.began_again, now.earlier) == (True, "", None)
    (now, fallback) = (await guarantee_state(stores, [NOW, BEFORE], preferences, HERE)).models
    # Of the present one nothing is known yet; what it falls back to is still proven.
    assert (now.mailbox_id, now.automation, fallback.automation) == ("main", False, True)
    await stores.judgements.put(judged(NOW, 7, day=3))
    (now, _) = (await guarantee_state(stores, [NOW, BEFORE], preferences, HERE)).models
    assert now.began_again == (
        "The proof began again after 2025-06-04: a language model has a vote now. At least 52 more reviews are needed."
    )
    assert now.earlier is not None
    assert (now.earlier.model, now.earlier.threshold, now.earlier.reviewed) == (MODEL, 0.95, 60)
    await stores.judgements.put(judged(NOW, 59, day=3))
    (now, _) = (await guarantee_state(stores, [NOW, BEFORE], preferences, HERE)).models
    assert (now.automation, now.began_again, now.earlier) == (True, "", None)
