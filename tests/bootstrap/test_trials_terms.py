"""Which mailbox past mail is tried in, what the model has learnt of it, and why nothing is proven."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clocks import SetClock
from contracts.store_categories import category
from contracts.store_examples import example
from contracts.store_models import model
from contracts.store_nouns import at, mailbox
from empty_store import open_stores_at
from postroom.actions.guarantee import NOTHING_KEPT, Promised, standing_of
from postroom.actions.training_material import is_held_out, whole
from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.preferred import Preferred
from postroom.bootstrap.trials_terms import chosen_mailbox, learnt_by, unproven
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.learning.bounds import TARGET
from postroom.learning.drift import Fall
from postroom.model.judgement import Decider
from postroom.model.preferences import Preferences
from postroom.model.trained_model import ModelId
from postroom.settings import Settings


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


NONE = Settings(mailbox_kind="none")
MOCK = Settings(mailbox_kind="mock")


async def test_the_first_mailbox_that_was_added_comes_before_that_of_the_settings(stores: Stores) -> None:
    assert (await chosen_mailbox(MOCK, stores, ""))[1].id == "main"
    await stores.mailboxes.add(mailbox("shop"))
    assert (await chosen_mailbox(MOCK, stores, ""))[1].id == "shop"
    assert (await chosen_mailbox(MOCK, stores, "main"))[1].id == "main"
    with pytest.raises(NotFoundError, match="nothing"):
        await chosen_mailbox(MOCK, stores, "nothing")


async def test_without_a_mailbox_the_companys_own_is_needed_and_the_made_up_shop_never_steps_in(stores: Stores) -> None:
    with pytest.raises(InputError, match="nothing of your own"):
        await chosen_mailbox(NONE, stores, "")
    with pytest.raises(NotFoundError, match="the settings describe"):
        await chosen_mailbox(NONE, stores, "main")
    await stores.categories.add(category("returns"))
    settings, found = await chosen_mailbox(NONE, stores, "")
    assert (settings.mailbox_kind, found.id) == ("none", "main")


async def test_a_folder_of_articles_is_ones_own(stores: Stores, tmp_path: Path) -> None:
    settings, _ = await chosen_mailbox(NONE.model_copy(update={"articles_dir": tmp_path}), stores, "")
    assert settings.mailbox_kind == "none"


async def test_a_model_has_learnt_what_was_labelled_before_it_save_for_the_held_out_fifth(stores: Stores) -> None:
    many = [replace(example(f"e{index}"), subject="A return", text=f"How, {index}?") for index in range(40)]
    unlabelled = replace(example("none"), subject="", text="Unlabelled", category="")
    await stores.examples.put([*many, unlabelled])
    trained = replace(model(ModelId("mo_1")), created_at=many[0].at)
    knows = await learnt_by(stores, trained)
    held_out = [one for one in many if is_held_out(whole(one))]
    assert 0 < len(held_out) < 20
    assert [one for one in many if not knows(whole(one))] == held_out
    assert not knows(whole(unlabelled))
    assert knows("  a RETURN\n\n" + next(one.text for one in many if one not in held_out))
    earlier = replace(trained, created_at=many[0].at - timedelta(days=1))
    assert not any(map(await learnt_by(stores, earlier), map(whole, many)))


async def test_what_came_with_the_installation_has_learnt_nothing_of_ones_own(stores: Stores) -> None:
    one = replace(example("one"), at=at(0))
    await stores.examples.put([one])
    assert not (await learnt_by(stores, None))(whole(one))


async def test_why_nothing_is_proven_is_said_in_words(stores: Stores) -> None:
    decider = Decider(model="fixed@1", responder="articles@1")
    ground = Ground(
        stores=stores,
        clock=SetClock(at(0)),
        preferred=Preferred(stores, Preferences()),
        classifiers={},
        responders={},
        secret=b"s" * 32,
        made_up=None,
        mailboxes={},
    )
    assured = Assured(ground)
    shop = mailbox("shop")
    assert unproven(assured, shop) == ""
    missing = standing_of(decider, (), Promised(target=TARGET, strict=False, kept=NOTHING_KEPT))
    assured.standings = {decider: {None: missing}}
    assert unproven(assured, shop) == f"at least {missing.guarantee.more_reviews} more reviewed e-mails are needed"
    pooled = Fall(category="", judged=40, right=30, upper_bound=0.86)
    fell = replace(missing, drift=replace(missing.drift, pooled=pooled))
    assured.standings = {decider: {None: missing, shop.id: fell}}
    assert "of the newest 40 judged replies 30 were right" in unproven(assured, shop)
