"""The promise as people see it."""

import itertools
from dataclasses import replace
from datetime import timedelta

from contracts.store_examples import MODEL
from postroom.actions.guarantee import Places, decided_of
from postroom.actions.guarantee_shown import guarantee_dial, guarantee_state
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.learning.guarantee_looks import dial
from postroom.model.email import MailboxId
from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement
from postroom.model.preferences import Preferences, in_force
from reviewed import LONG_AGO, reviewed

DECIDER = Decider(model=MODEL, responder="articles@1")
MAIN, SHOP = MailboxId("main"), MailboxId("shop")
DEFAULTS = in_force(Preferences(), Preferences())


def judged() -> list[Judgement]:
    """Return a hundred sure and right decisions and between them a hundred unsure and wrong ones, newest first."""
    _, sure = reviewed(DECIDER, 100)
    _, unsure = reviewed(DECIDER, 100, score=0.3)
    pairs = zip(
        (replace(one, category="orders") for one in sure),
        (replace(one, category="refund", right=False) for one in unsure),
        strict=True,
    )
    return [
        replace(one, example_id=ExampleId(f"xa_{place}"), at=LONG_AGO + timedelta(minutes=place))
        for place, one in enumerate(itertools.chain.from_iterable(pairs))
    ][::-1]


async def test_what_is_shown_holds_the_dial_and_each_category(stores: Stores) -> None:
    made = judged()
    await stores.judgements.put(made)
    state = await guarantee_state(stores, [DECIDER], DEFAULTS, Places(since={MAIN: None}))
    (shown,) = state.models
    assert (state.target_precision, state.strict_categories, state.audit_share) == (0.95, False, 0.05)
    assert (shown.automation, shown.threshold, shown.coverage, shown.precision) == (True, 0.95, 0.5, 1.0)
    assert [(one.category, one.threshold, one.reviewed, one.right) for one in shown.categories] == [
        ("orders", 0.95, 100, 100),
        ("refund", 0.95, 100, 0),
    ]
    assert shown.dial == dial(decided_of(made), [point.target for point in shown.dial])
    assert [point.threshold for point in shown.dial if point.target >= 0.98] == [None, None, None]


async def test_the_made_up_shop_is_shown_beside_real_mail(stores: Stores) -> None:
    state = await guarantee_state(stores, [DECIDER], DEFAULTS, Places(since={MAIN: None}, made_up=MAIN))
    assert [(one.generated, one.automation, one.threshold) for one in state.models] == [
        (False, False, None),
        (True, True, ANSWER_THRESHOLD),
    ]


async def test_the_dial_of_a_model_keeps_generated_mail_apart(stores: Stores) -> None:
    made = [replace(one, generated=True) for one in judged()]
    await stores.judgements.put(made)
    real, generated = await guarantee_dial(stores, [DECIDER], [0.9, 0.99], Places(made_up=MAIN), strict=False)
    assert (real.generated, real.reviewed, generated.generated) == (False, 0, True)
    assert generated.reviewed == len(decided_of(made))
    assert generated.points == dial(decided_of(made), [0.9, 0.99])
    (all_of_it,) = await guarantee_dial(stores, [DECIDER], [0.9], Places(), strict=True)
    assert (all_of_it.mailbox_id, all_of_it.points) == (None, dial([], [0.9], strict=True))


async def test_each_mailbox_stands_for_itself(stores: Stores) -> None:
    other = [replace(one, example_id=ExampleId(f"o{one.example_id}"), mailbox_id=MailboxId("shop")) for one in judged()]
    await stores.judgements.put([*judged(), *other[:50]])
    state = await guarantee_state(stores, [DECIDER], DEFAULTS, Places(since={MAIN: None, SHOP: None}))
    assert [(one.mailbox_id, one.automation, one.reviewed) for one in state.models] == [
        ("main", True, 200),
        ("shop", False, 50),
    ]
