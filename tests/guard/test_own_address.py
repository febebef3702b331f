"""The answer comes from the address that was written to."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from guard.mails import MAILBOX, PLAIN, emails, mailboxes
from postroom.guard.own_address import answering_address
from postroom.model.email import Address, Email
from postroom.model.mailbox import Mailbox


def to(*written: str) -> tuple[Address, ...]:
    return tuple(Address(name="Anyone", address=address) for address in written)


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        (replace(PLAIN, to=to("bob@example.org", "SALES@lindenhof.example")), "Sales@lindenhof.example"),
        (replace(PLAIN, to=to("help+order7@lindenhof.example")), "help@lindenhof.example"),
        (replace(PLAIN, to=to("bob@example.org"), cc=to("help@lindenhof.example")), "help@lindenhof.example"),
        (
            replace(PLAIN, cc=to("support@lindenhof.example"), delivered_to=("help@lindenhof.example",)),
            "support@lindenhof.example",
        ),
        (replace(PLAIN, to=to("list@example.org"), delivered_to=("help@lindenhof.example",)), "help@lindenhof.example"),
        (replace(PLAIN, to=to("bob@example.org")), "support@lindenhof.example"),
        (PLAIN, "support@lindenhof.example"),
    ],
)
def test_the_alias_that_was_written_to_answers(email: Email, expected: str) -> None:
    assert answering_address(email, MAILBOX) == Address(name="Lindenhof", address=expected)


@settings(deadline=None)
@given(emails, mailboxes)
def test_it_is_always_an_address_of_the_mailbox(email: Email, mailbox: Mailbox) -> None:
    assert answering_address(email, mailbox).address in mailbox.addresses
