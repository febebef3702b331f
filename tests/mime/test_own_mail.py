"""Mail of our own is known by its id and its sender."""

import pytest

from postroom.mime.message_id import make_message_id
from postroom.mime.own_mail import own_reason
from postroom.model.email import Address, Email

SECRET = b"secret"
OURS = make_message_id("reply", domain="shop.example", secret=SECRET)
STRANGER = Email(subject="", from_address=Address(name="", address="jane@doe.example"), message_id="<1@doe.example>")
OWN = ("Help@shop.example",)


def test_a_mail_with_our_message_id_is_ours() -> None:
    email = Email(subject="", from_address=STRANGER.from_address, message_id=OURS)
    assert own_reason(email, addresses=OWN, secret=SECRET) == "own_message_id"


def test_a_mail_from_our_address_is_ours_whatever_its_case_or_tag() -> None:
    email = Email(subject="", from_address=Address(name="", address="help+x@SHOP.example"))
    assert own_reason(email, addresses=OWN, secret=SECRET) == "own_address"


def test_a_strangers_mail_is_not_ours() -> None:
    assert own_reason(STRANGER, addresses=OWN, secret=SECRET) is None


@pytest.mark.parametrize(
    "address", ["help@shop.example.", '"help"@shop.example', "HELP+a+b@shop.example", "hilfe@büro.example"]
)
def test_our_address_is_known_however_it_is_written(address: str) -> None:
    email = Email(subject="", from_address=Address(name="", address=address))
    assert own_reason(email, addresses=(*OWN, "hilfe@xn--bro-hoa.example"), secret=SECRET) == "own_address"


@pytest.mark.parametrize("address", ["help@shop.example.evil.example", "xhelp@shop.example", "help", f"a@{'x' * 999}"])
def test_an_address_like_ours_is_not_ours(address: str) -> None:
    email = Email(subject="", from_address=Address(name="", address=address))
    assert own_reason(email, addresses=OWN, secret=SECRET) is None
