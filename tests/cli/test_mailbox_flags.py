from dataclasses import replace

import pytest

from postroom.cli.mailbox_flags import Emptied, MailboxFlags, applied
from postroom.errors import InputError
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Caps, Lists, Mailbox, Mode

SHOP = Mailbox(
    id=MailboxId("shop"),
    address=Address(name="Shop", address="help@example.com"),
    workflow="support",
    aliases=("info@example.com",),
    pilot_addresses=("me@example.com",),
    automatic_categories=("refund",),
    signatures={"en": "Bye"},
    lists=Lists(never_answer=("@spam.example",)),
    revision=3,
)


def test_no_option_changes_nothing() -> None:
    assert applied(SHOP, MailboxFlags()) == SHOP
    assert not MailboxFlags().given
    # As Typer fills lists that were not given.
    assert not MailboxFlags(alias=[], hours=[], clear=[]).given
    assert applied(SHOP, MailboxFlags(alias=[], pilot=[], signature=[], never_answer=[], clear=[])) == SHOP


def test_an_option_replaces_its_field_alone() -> None:
    changed = applied(SHOP, MailboxFlags(alias=["a@example.com"], mode=Mode.OBSERVE, cap=["per_day=1"]))
    assert changed == replace(SHOP, aliases=("a@example.com",), mode=Mode.OBSERVE, caps=Caps(per_day=1))


def test_empty_texts_and_emptied_lists_count_as_given() -> None:
    assert MailboxFlags(reply_to="").given
    assert MailboxFlags(clear=[Emptied.ALIAS]).given
    emptied = applied(SHOP, MailboxFlags(clear=[Emptied.ALIAS, Emptied.SIGNATURE, Emptied.NEVER_ANSWER]))
    assert (emptied.aliases, emptied.signatures, emptied.lists) == ((), {}, Lists())
    assert applied(SHOP, MailboxFlags(no_pilots=True, all_categories=True)).automatic_categories is None


def test_a_signature_is_added_by_language() -> None:
    changed = applied(SHOP, MailboxFlags(signature=["de=Bis bald\\nIhr Laden"]))
    assert changed.signatures == {"en": "Bye", "de": "Bis bald\nIhr Laden"}


@pytest.mark.parametrize("cap", ["per_day", "per_day=", "per_day=-1", "per_day=many", "a=1"])
def test_a_cap_that_cannot_be_read_is_told(cap: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        applied(SHOP, MailboxFlags(cap=[cap]))
