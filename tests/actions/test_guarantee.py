"""How the promise stands, and the words for why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_examples import MODEL, example
from postroom.actions.categories import CategoryChange, CategoryForm, add_category, change_category, remove_category
from postroom.actions.desk import Desk
from postroom.actions.guarantee import (
    NOTHING_KEPT,
    Kept,
    Places,
    Promised,
    Standing,
    decided_of,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.learning.guarantee import guarantee
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider, Judgement
from postroom.model.preferences import Preferences, in_force
from reviewed import LONG_AGO, reviewed

DECIDER = Decider(model=MODEL, responder="articles@1")
PROMISED = Promised(target=0.95, strict=False)
ORDERS_KEPT = Kept(names=("orders",), for_people=("orders",))


def judged(number: int, **changes: object) -> list[Judgement]:
    _, made = reviewed(DECIDER, number)
    fields = {"category": "orders", **changes}
    return [Judgement(**{**{f: getattr(one, f) for f in Judgement.__dataclass_fields__}, **fields}) for one in made]


def test_the_promise_is_what_the_guarantee_says_of_the_fair_sample() -> None:
    seen = judged(30, score=0.2, right=False, sampled=False)
    found = standing_of(DECIDER, [*judged(60), *seen], PROMISED)
    assert found.guarantee == guarantee(decided_of(judged(60)), target=0.95)
    assert (found.guarantee.reviewed, found.automation) == (60, True)
    assert (found.threshold_of("orders"), found.doubt_about("orders")) == (0.95, "")


@pytest.mark.parametrize(
    ("standing", "category", "doubt"),
    [
        (standing_of(DECIDER, [], PROMISED), "orders", "can be promised after 201 more reviewed e-mails"),
        (standing_of(DECIDER, judged(58), PROMISED), "orders", "95.0% right answers can be promised after 1 more"),
        (standing_of(DECIDER, judged(60), PROMISED), "refund", "nobody has reviewed an e-mail of the category refund"),
        (
            standing_of(DECIDER, judged(60), Promised(target=0.95, strict=False, kept=ORDERS_KEPT)),
            "orders",
            "people keep the category orders for themselves",
        ),
        (
            standing_of(DECIDER, [*judged(3, right=False, automatic=True), *judged(60)], PROMISED),
            "orders",
            "was demoted: of the newest 3 judged replies 0 were right, 95.0% are promised",
        ),
        (
            standing_of(DECIDER, [*judged(100), *judged(9, category="refund")], Promised(target=0.95, strict=True)),
            "refund",
            "in the category refund can be promised after 50 more reviewed ones of it",
        ),
    ],
)
def test_every_doubt_is_said_in_words(standing: Standing, category: str, doubt: str) -> None:
    assert standing.threshold_of(category) is None
    assert doubt in standing.doubt_about(category)


def test_generated_mail_needs_no_reviews_but_people_come_first_there_too() -> None:
    found = standing_of(DECIDER, [], PROMISED, made_up=True)
    assert (found.threshold_of("orders"), found.automation) == (ANSWER_THRESHOLD, True)
    kept = replace(found, kept=ORDERS_KEPT)
    assert kept.threshold_of("orders") is None
    wrong = standing_of(DECIDER, judged(3, right=False, automatic=True), PROMISED, made_up=True)
    assert (wrong.threshold_of("orders"), wrong.automation) == (None, False)


async def test_what_is_judged_proves_something_about_mail_of_the_same_mailbox_alone(stores: Stores) -> None:
    await stores.examples.put([example(f"{number}") for number in range(6)])
    made = judged(6)
    imported, other = replace(made[0], mailbox_id=None), replace(made[1], mailbox_id=MailboxId("shop"))
    generated = replace(made[2], generated=True)
    await stores.judgements.put([imported, other, generated, *made[3:]])
    both = Places(since={MailboxId("main"): None, MailboxId("shop"): None})
    found = (await judged_mail(stores, MODEL, both))[DECIDER]
    assert {name: len(own) for name, own in found.by_mailbox.items()} == {"main": 3, "shop": 1}
    assert [one.example_id for one in found.generated] == [generated.example_id]


async def test_what_was_judged_of_other_mail_than_a_mailbox_holds_now_proves_nothing(stores: Stores) -> None:
    old, first, later = (
        replace(one, at=LONG_AGO + timedelta(days=day)) for day, one in zip((0, 1, 2), judged(3), strict=True)
    )
    await stores.judgements.put([old, first, later])
    connected = Places(since={MailboxId("main"): first.at})
    found = (await judged_mail(stores, MODEL, connected))[DECIDER]
    assert found.by_mailbox == {"main": (later, first)}
    # A mailbox that was removed.
    assert (await judged_mail(stores, MODEL, Places()))[DECIDER].by_mailbox == {}


def test_what_was_held_against_a_persons_words_never_counts() -> None:
    found = standing_of(DECIDER, judged(500, agreement=1.0), PROMISED)
    assert (found.guarantee.reviewed, found.automation) == (0, False)


async def test_what_people_want_comes_from_the_preferences_and_the_categories(desk: Desk) -> None:
    await add_category(desk, "refund", CategoryForm(automatic=False))
    await add_category(desk, "orders", CategoryForm())
    wanted = in_force(Preferences(target_precision=0.9, strict_categories=True), Preferences())
    found = promised_by(wanted, await kept_categories(desk.stores))
    kept = Kept(names=("orders", "refund"), for_people=("refund",))
    assert found == Promised(target=0.9, strict=True, kept=kept)


async def test_where_people_keep_categories_no_other_label_is_ever_automatic(desk: Desk) -> None:
    await add_category(desk, "refund", CategoryForm())
    wanted = promised_by(in_force(Preferences(), Preferences()), await kept_categories(desk.stores))
    found = standing_of(DECIDER, judged(60), wanted)
    assert found.threshold_of("orders") is None
    assert "orders is not among those that people keep" in found.doubt_about("orders")


async def test_no_category_is_removed_that_people_keep_for_themselves(desk: Desk) -> None:
    await add_category(desk, "refund", CategoryForm(automatic=False))
    with pytest.raises(ConflictError, match="for themselves"):
        await remove_category(desk, "refund")
    assert await kept_categories(desk.stores) == Kept(names=("refund",), for_people=("refund",))
    await change_category(desk, "refund", CategoryChange(automatic=True))
    await remove_category(desk, "refund")
    assert await kept_categories(desk.stores) == NOTHING_KEPT
