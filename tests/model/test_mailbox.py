"""What follows from the rules of a mailbox."""

from dataclasses import replace

from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox, Mode

SHOP = Mailbox(id=MailboxId("shop"), address=Address(name="Shop", address="help@shop.example"), workflow="support")


def test_a_mailbox_answers_nothing_by_itself_before_somebody_says_so() -> None:
    assert SHOP.mode is Mode.REVIEW


def test_its_main_address_comes_before_its_aliases() -> None:
    assert SHOP.addresses == ("help@shop.example",)
    several = replace(SHOP, aliases=("info@shop.example", "shop@shop.example"))
    assert several.addresses == ("help@shop.example", "info@shop.example", "shop@shop.example")


def test_the_signature_is_that_of_the_language_else_the_one_for_the_rest() -> None:
    signed = replace(SHOP, signatures={"de": "Viele Grüße", "*": "Best wishes", "fr": ""})
    assert signed.signature("de") == "Viele Grüße"
    assert signed.signature("nl") == "Best wishes"
    assert signed.signature("fr") == "Best wishes"


def test_without_a_fitting_signature_there_is_none() -> None:
    assert SHOP.signature("en") == ""
    assert replace(SHOP, signatures={"de": "Viele Grüße"}).signature("en") == ""
