from dataclasses import replace

import pytest

from actions.setup_case import hello
from contracts.store_models import A, model
from contracts.store_nouns import at
from postroom.actions.accounts import AccountForm, Setup
from postroom.actions.categories import CategoryForm, add_category
from postroom.actions.mailboxes import add_mailbox, draft_mailbox
from postroom.actions.mailboxes_rules import kept_for_people, require_usable
from postroom.actions.senders import add_sender, draft_sender
from postroom.errors import ConflictError, InputError
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Caps, Lists, Mailbox

SHOP = hello("shop")


@pytest.mark.parametrize(
    ("mailbox", "words"),
    [
        (replace(SHOP, id=MailboxId("A shop")), "cannot be a name"),
        (replace(SHOP, id=MailboxId("main")), "mailbox of the settings"),
        (replace(SHOP, address=Address(name="", address="nobody")), "The address 'nobody'"),
        (replace(SHOP, aliases=("a@b@c",)), "The alias"),
        (replace(SHOP, reply_to="x"), "The reply-to address"),
        (replace(SHOP, bounce_address="x y@example.com"), "The bounce address"),
        (replace(SHOP, pilot_addresses=("me",)), "The pilot address"),
        (replace(SHOP, time_zone="Moon/Base"), "no time zone 'Moon/Base'"),
        (replace(SHOP, time_zone="../../etc/passwd"), "no time zone"),
        (replace(SHOP, signatures={"english": "Bye"}), "'english' is no language"),
        (replace(SHOP, caps=Caps(per_day=-1)), "cap per_day"),
        (replace(SHOP, caps=Caps(per_hour=None)), "cap per_hour"),
        (replace(SHOP, answer_within_hours=0), "hours to answer within"),
        (replace(SHOP, answer_within_hours=float("nan")), "hours to answer within"),
        (replace(SHOP, automatic_categories=("",)), "category has no name"),
        (replace(SHOP, lists=Lists(never_answer=("@not a domain",))), "is no domain"),
        (replace(SHOP, lists=Lists(always_person=(" ",))), "is empty"),
        (replace(SHOP, workflow="nowhere"), "no workflow 'nowhere'"),
        (replace(SHOP, sender="out"), "no sender 'out'"),
        (replace(SHOP, after_hours_notifiers=("log", "boss")), "no notifier 'boss'"),
    ],
)
async def test_what_cannot_be_used_is_told_in_words(setup: Setup, mailbox: Mailbox, words: str) -> None:
    with pytest.raises(InputError, match=words):
        await require_usable(setup, mailbox)


async def test_every_problem_is_told_at_once(setup: Setup) -> None:
    with pytest.raises(InputError) as caught:
        await require_usable(setup, replace(SHOP, time_zone="Moon", reply_to="x", sender="out"))
    assert all(word in caught.value.message for word in ("'Moon'", "reply-to", "'out'"))


async def test_a_mailbox_with_everything_right_passes(setup: Setup) -> None:
    lists = Lists(never_answer=("@example.net", "ann@example.net", "unsubscribe me"))
    mailbox = replace(SHOP, time_zone="Europe/Berlin", signatures={"en": "Bye", "*": "-"}, lists=lists)
    await require_usable(setup, replace(mailbox, workflow="customer_support"))  # Shipped, never imported here.
    await require_usable(setup, replace(mailbox, after_hours_notifiers=("log",)))


async def test_two_mailboxes_never_have_the_same_address(setup: Setup) -> None:
    await add_mailbox(setup.stores, await draft_mailbox(setup, SHOP, "pigeon", {"host": "loft"}))
    await require_usable(setup, SHOP)  # Itself is no other one.
    twin = replace(hello("twin"), aliases=("Help@Shop.example.com",))
    with pytest.raises(ConflictError, match="shop"):
        await require_usable(setup, twin)


async def test_with_several_senders_a_mailbox_must_name_one(setup: Setup) -> None:
    for name in ("out", "other"):
        form = AccountForm(name=name, kind="pigeon", values={"host": "loft"})
        await add_sender(setup.stores, draft_sender(setup, form))
    with pytest.raises(InputError, match="other, out"):
        await require_usable(setup, SHOP)
    await require_usable(setup, replace(SHOP, sender="out"))


async def test_a_category_that_nobody_knows_is_told_with_those_that_are_known(setup: Setup) -> None:
    await add_category(setup.desk, "claims", CategoryForm())
    await require_usable(setup, replace(SHOP, automatic_categories=("claims", "invoice")))
    misspelt = replace(SHOP, automatic_categories=("invoices", "refund"))
    with pytest.raises(InputError, match="no category 'invoices'; there are: claims, order_status"):
        await require_usable(setup, misspelt)
    # What it has already may be of an older model: another change must not fail for it.
    await require_usable(setup, replace(misspelt, time_zone="Europe/Rome"), before=misspelt)


async def test_a_promoted_model_says_which_categories_there_are(setup: Setup) -> None:
    told = replace(SHOP, automatic_categories=("glass_damage",))
    with pytest.raises(InputError):
        await require_usable(setup, told)
    await setup.stores.models.add(replace(model(A), categories=("glass_damage", "other")))
    await setup.stores.models.promote(A, instead_of=None, at=at(1))
    await require_usable(setup, told)
    with pytest.raises(InputError, match="invoice"):
        await require_usable(setup, replace(SHOP, automatic_categories=("invoice",)))


async def test_categories_that_the_workflow_keeps_for_people_are_named(setup: Setup) -> None:
    shop = replace(SHOP, workflow="customer_support", automatic_categories=("refund", "complaint", "business"))
    assert await kept_for_people(setup.stores, shop) == ("complaint", "business")
    assert await kept_for_people(setup.stores, replace(shop, automatic_categories=None)) == ()
    assert await kept_for_people(setup.stores, replace(shop, workflow=SHOP.workflow)) == ()
